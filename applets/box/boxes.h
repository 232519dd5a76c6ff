/*
 * boxes - the numbered POP boxes of a customer: HANDLE-0000, HANDLE-0001, ... below HANDLE/POP.
 *
 * A number is never used twice: POP/.qv-last holds the highest that was ever given out or purged, and a box that is
 * there is stepped over, for the number is written down behind it. Finding the next one costs the same with ten boxes or ten thousand.
 */
#ifndef BOX_BOXES_H
#define BOX_BOXES_H

#include "plan/plan.h"
#include "qmail/conf.h"

/* Where a customer's boxes are and what they are called. */
struct boxes {
	char handle[NAME_MAX + 1];
	char dir[800]; /* /home/popmail/e/ex1/POP */
	bool foreign;  /* in a home that somebody else laid out (home.h); the boxes are theirs: */
	char home[768];
	uid_t uid;
	gid_t gid;
};

struct box {
	char name[NAME_MAX + 1];
	char path[1100]; /* without slash at its end */
};

/* By the handle, in conf's layout. */
void boxes_of_handle(const struct conf *conf, const char *handle, struct boxes *b);

/* By a domain's home, .../HANDLE/DOMAINS/NAME. 0, or -1 when the home is laid out otherwise. */
int boxes_of_home(const char *home, struct boxes *b);

/* The box of this name; nothing is looked at. */
void boxes_name(const struct boxes *b, const char *name, struct box *box);

/* 0 it is there, 1 it is not, -1. */
int boxes_look(struct ctx *ctx, const struct box *box);

/* The same once plan is applied. */
int boxes_will(struct ctx *ctx, struct plan *plan, const struct box *box);

/* The highest number used up, -1: none; plan (NULL: none) may use up more. 0 or -1. */
int boxes_last(struct ctx *ctx, struct plan *plan, const struct boxes *b, long *last);

/* A step that uses up all numbers to this one. */
void boxes_use_up(struct plan *plan, const struct boxes *b, long last);

/* N of HANDLE-N, or -1: such a name has no number. */
long boxes_number(const struct boxes *b, const char *name);

/*
 * Steps that make the box of this name. One that is there is taken as it is. A number that is used up and gone is refused. POP
 * itself must be there or be made by an earlier step.
 */
int boxes_make(struct ctx *ctx, const struct conf *conf, const struct boxes *b, const char *name, struct plan *plan,
               struct box *box);

/* Steps that remove a box for good and keep its number from coming back. */
int boxes_purge(struct ctx *ctx, const struct boxes *b, const struct box *box, struct plan *plan);

/* 1 if there is mail in new or cur, 0 if not, -1. */
int boxes_mail(struct ctx *ctx, const struct box *box);

#endif
