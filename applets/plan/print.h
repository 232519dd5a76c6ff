/* print - a plan for people's eyes: what --dry-run shows. */
#ifndef PLAN_PRINT_H
#define PLAN_PRINT_H

#include "plan/plan.h"

/* "make directory", "write", ...: what a step does, to stand before its path */
const char *plan_word(enum plan_op op);

/*
 * The steps in order on stdout, files as unified diffs that "patch -p1" applies at the root: it makes the directories of
 * new files and passes over what is no diff. Logins in control/smtproutes are hidden, and a hunk with one does not apply. 0 or -1.
 */
int plan_print(struct ctx *ctx, const struct plan *p);

#endif
