/*
 * boxes - the numbered POP boxes of a customer: HANDLE-0000, HANDLE-0001, ... below HANDLE/POP.
 *
 * A number is never reused: POP/.qv-last contains the highest number ever assigned or purged. Existing boxes with a
 * higher number are skipped, because the number is recorded after the box is made. Finding the next number costs the
 * same with ten boxes or ten thousand.
 */
#ifndef BOX_BOXES_H
#define BOX_BOXES_H

#include "plan/plan.h"
#include "qmail/conf.h"

/* The directory and the names of a customer's boxes. */
struct boxes {
	char handle[NAME_MAX + 1];
	char dir[800]; /* /home/popmail/e/ex1/POP */
	bool foreign;  /* in a home of another layout (home.h); the boxes belong to: */
	char home[768];
	uid_t uid;
	gid_t gid;
};

struct box {
	char name[NAME_MAX + 1];
	char path[1100]; /* without final slash */
};

/* From the handle, in conf's layout. */
void boxes_of_handle(const struct conf *conf, const char *handle, struct boxes *b);

/* From a domain's home, .../HANDLE/DOMAINS/NAME. 0, or -1 if the home has another layout. */
int boxes_of_home(const char *home, struct boxes *b);

/* The box with this name; it need not exist. */
void boxes_name(const struct boxes *b, const char *name, struct box *box);

/* 0: it exists, 1: it does not, -1. */
int boxes_look(struct ctx *ctx, const struct box *box);

/* The same once plan is applied. */
int boxes_will(struct ctx *ctx, struct plan *plan, const struct box *box);

/* The highest number used, -1: none; plan (may be NULL) may use more. 0 or -1. */
int boxes_last(struct ctx *ctx, struct plan *plan, const struct boxes *b, long *last);

/* Add a step that marks all numbers up to this one as used. */
void boxes_use_up(struct plan *plan, const struct boxes *b, long last);

/* N of HANDLE-N, or -1 for a name without a number. */
long boxes_number(const struct boxes *b, const char *name);

/*
 * Add steps that make the box with this name. An existing box is left as it is. The number of a removed box is refused.
 * POP itself must exist or be made by an earlier step.
 */
int boxes_make(struct ctx *ctx, const struct conf *conf, const struct boxes *b, const char *name, struct plan *plan,
               struct box *box);

/* Add steps that remove a box and mark its number as used. */
int boxes_purge(struct ctx *ctx, const struct boxes *b, const struct box *box, struct plan *plan);

/* 1 if new or cur contains mail, 0 if not, -1. */
int boxes_mail(struct ctx *ctx, const struct box *box);

#endif
