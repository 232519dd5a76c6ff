/*
 * check - everything that makes mail bounce, wait or vanish, found before the mail finds it.
 *
 *	struct check c = {.ctx = ctx, .fix = fix};
 *
 *	check_begin(&c);
 *	check_entries(&c)		or nothing else can be looked at
 *	change_look(ctx, &c.change), check_whose_mail(&c)  or, to mend, change_begin(ctx, &c.change)
 *	check_all(&c)			what is certain is changed in c.change
 *	change_apply(...)		mends that, as one plan
 *	check_say(&c); check_free(&c);
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "setup/change.h"

struct check {
	struct ctx *ctx;
	struct change change;
	bool fix;                       /* --fix: change what is certain */
	size_t found, errors;
	size_t open;                    /* of these: not mended */
	struct buf report;              /* findings, a line each, or with ctx->json an array */
	/* private */
	struct buf mend;                /* check_command()'s */
	struct buf dead_ids;            /* ids that lines of users/assign name in vain, each with its NUL */
	struct buf blocked;             /* directories that were said to be so, each with its NUL */
	struct buf boxes;               /* the Maildirs that .qmail files name, each with its NUL */
	struct buf unseen;              /* what we may not look at, the same */
	struct buf missing;             /* Maildirs that were said to be missing, the same */
	struct buf missing_maildirs;    /* those of boxes that are not there: PATH, FILE, LINE, HOME, the same */
	struct buf homes;               /* homes laid out as ours in users/assign, and their POP directories, the same */
	struct buf pops;                /* POP directories of homes, the same */
	struct buf forwards;            /* addresses here that .qmail files send on to: ADDRESS, FILE, LINE, the same */
	struct buf doubtful_pops;       /* POP directories of homes where something was found, the same */
	struct buf passwd;              /* etc/passwd */
	char alias[PATH_MAX];           /* the home of user alias; "": there is none, so this is no whole qmail */
	char way[PATH_MAX];             /* the last one that was found to be open, and for whom */
	uid_t way_of;
	bool ids_missing;               /* not every owner has an id here */
	bool homes_missing;             /* so boxes are not all of them */
	bool table_bad;                 /* no cdb can be made of users/assign */
	bool table_open;                /* it had no final dot, and got one */
	bool table_doubted;             /* only a person knows what users/assign should say */
	bool locals_doubted;            /* something is wrong with control/locals itself */
};

void check_begin(struct check *c);

/* What must be files are such, or missing. False: said, and c->change cannot be loaded. */
bool check_entries(struct check *c);

/*
 * Who owns all mail. Where etc/passwd does not tell, that is a finding, nothing is mended, and the owner is taken to be the one
 * that users/assign names for our homes. 0 or -1.
 */
int check_whose_mail(struct check *c);

/* Looks at everything. What cannot be looked at is a finding. */
void check_all(struct check *c);

/* All findings are there. 0, also when there are some; -1: out of memory. */
int check_end(struct check *c);

/* Prints them; when they are mended, after that. */
void check_say(const struct check *c);
void check_free(struct check *c);

#endif
