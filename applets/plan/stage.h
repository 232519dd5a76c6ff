/*
 * stage - everything that a plan shows is written first, beside what is there. For apply.c alone.
 *
 *	if (stage_all(&a) == 0)
 *		... show each step
 *	stage_drop(&a);		what was not shown
 */
#ifndef PLAN_STAGE_H
#define PLAN_STAGE_H

#include "lib/newtree.h"
#include "lib/progress.h"
#include "plan/plan.h"

struct apply {
	struct ctx *ctx;
	const struct conf *conf;
	struct plan *plan;
	struct newtree newtree;
	struct progress progress; /* of directories and files, if they are many */
	struct err unmade; /* of the last file that could not be made */
};

/* True for qmail's own files. The home of the user alias, although below the qmail home, is an ordinary home. */
bool step_is_home(const struct plan_step *s);

/* A directory, or a file outside the qmail home. */
bool step_is_of_tree(const struct plan_step *s);

/* All of it, synced; and nobody has edited the originals meanwhile. 0, or -1 with ctx->err. */
int stage_all(struct apply *a);

/* Write the new contents of one step beside the old file, not synced yet. 0 or -1. */
int stage_step(struct apply *a, struct plan_step *s);

/* With many steps: the file systems that they are on. 0 or -1. */
int stage_sync(struct apply *a);

void stage_drop(struct apply *a);

#endif
