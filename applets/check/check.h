/*
 * check - everything that makes mail bounce, wait or vanish, found before the mail finds it.
 *
 *	struct check c = {.ctx = ctx, .fix = fix};
 *
 *	check_begin(&c);
 *	check_entries(&c)		false: nothing else can be checked
 *	change_look(ctx, &c.change), check_whose_mail(&c)  or, to fix, change_begin(ctx, &c.change)
 *	check_all(&c)			puts all fixes that are certain into c.change
 *	change_apply(...)		makes these fixes, as one plan
 *	check_say(&c); check_free(&c);
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/held.h"
#include "lib/sorted.h"
#include "setup/change.h"

enum { CHECK_DEPTH = 3 };

struct check {
	struct ctx *ctx;
	struct change change;
	bool fix;                       /* --fix: change what is certain */
	size_t found, errors;
	size_t open;                    /* of those found: not fixed */
	struct buf report;              /* findings, a line each, or with ctx->json an array */
	/* private */
	struct buf mend;                /* the text of check_command() */
	struct buf dead_ids;            /* ids of lines of users/assign that have no effect, each with its NUL */
	struct buf blocked;             /* directories reported as closed or unreadable, the same */
	struct buf boxes;               /* the Maildirs that .qmail files name, the same */
	struct buf unseen;              /* paths reported as not checked, the same */
	struct buf missing;             /* Maildirs reported as missing, the same */
	struct buf missing_maildirs;    /* missing ones that .qmail files name: PATH, FILE, LINE, HOME, the same */
	struct buf homes;               /* homes in our layout that users/assign names, and their POP directories, the same */
	struct sorted pops;             /* POP directories of homes */
	struct buf forwards;            /* addresses that .qmail files forward to: ADDRESS, FILE, LINE, the same */
	struct buf doubtful_pops;       /* POP directories of homes with findings, the same */
	struct buf passwd;              /* etc/passwd */
	char alias[PATH_MAX];           /* the home of user alias; "": it does not exist, so this qmail is incomplete */
	char way[PATH_MAX];             /* the last path whose directories could all be searched, and by which uid */
	uid_t way_of;
	struct held stay[CHECK_DEPTH];  /* below popmail: e, e/ex1, e/ex1/POP, of those that are looked at */
	bool ids_missing;               /* not every file owner has an id in this user namespace */
	bool homes_missing;             /* a home could not be read, so boxes is incomplete */
	bool table_bad;                 /* no cdb can be made from users/assign */
	bool table_open;                /* users/assign had no final dot; one was added */
	bool table_doubted;             /* only a person knows what users/assign should contain */
	bool locals_doubted;            /* something is wrong with control/locals itself */
};

void check_begin(struct check *c);

/* Are the files that qvmail reads and changes regular, or missing? False: reported; c->change cannot be loaded. */
bool check_entries(struct check *c);

/*
 * Finds the user that owns all mail. If etc/passwd does not have this user, that is a finding, nothing is fixed, and the
 * owner that users/assign names for our homes is used. 0 or -1.
 */
int check_whose_mail(struct check *c);

/* Checks everything. A file that cannot be read is a finding. */
void check_all(struct check *c);

/* Completes the report. 0, with findings or without; -1: out of memory. */
int check_end(struct check *c);

/* Prints the report; when fixing, after the fixes are made. */
void check_say(const struct check *c);
void check_free(struct check *c);

#endif
