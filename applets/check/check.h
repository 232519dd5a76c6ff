/*
 * check - everything that makes mail bounce, wait or vanish, found before the mail finds it.
 *
 *	struct check c = {.ctx = ctx, .fix = fix};
 *
 *	change_look(ctx, &c.change)  or, to mend, change_begin(ctx, &c.change)
 *	check_all(&c)			says what it finds; what is certain is changed in c.change
 *	change_apply(...)		mends that, as one plan
 *
 * Each file of this folder looks at one thing:
 *
 *	texts     control files as text: line ends, blanks, the same key twice, who may read them
 *	tables    users/assign and morercpthosts, and the cdbs made of them
 *	routes    what the files say about each other
 *	homes     the directories that users/assign leads to, and their .qmail files
 *	boxes     POP boxes
 *	dialups   dial-up hosts
 *	daemon    has qmail-send read what is there?
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <stdbool.h>

#include "lib/buf.h"
#include "qmail/change.h"

struct check {
	struct ctx *ctx;
	struct change change;
	bool fix;           /* --fix: change what is certain */
	size_t found;
	size_t open;        /* of these: not mended */
	struct buf json;    /* an array of what was found */
	struct buf boxes;   /* the Maildirs that .qmail files name, each with its NUL; for boxes.c */
	bool homes_missing; /* so these are not all of them */
};

enum severity {
	CHECK_WARNING, /* mail may suffer */
	CHECK_ERROR,   /* mail bounces, waits or vanishes */
};

struct finding {
	enum severity severity;
	const char *name; /* of the trap, for scripts: "cdb-stale" */
	const char *path; /* below the root */
	size_t line;      /* from 1; 0: the file as a whole */
	const char *mend; /* the command that mends it, or what to do; NULL: qv-check --fix does */
};

/* Says one finding: what is wrong, and what happens to mail because of it. */
void check_found(struct check *c, const struct finding *f, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Says everything. 0, also when there are findings; -1: out of memory. What cannot be looked at is a finding. */
int check_all(struct check *c);

/* private: in this order */
void check_texts(struct check *c);
void check_tables(struct check *c);
void check_routes(struct check *c);
void check_homes(struct check *c);
void check_boxes(struct check *c);
void check_dialups(struct check *c);
void check_daemon(struct check *c);

/* What ctx->err says: it could not be looked at. */
void check_unreadable(struct check *c, const char *path);

/* A directory with tmp, new and cur, popusr's and nobody else's to write; what is to be done goes into the plan. */
void check_maildir(struct check *c, const char *path);

#endif
