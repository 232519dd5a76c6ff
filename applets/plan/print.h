/* print - a plan in readable form, as shown by --dry-run. */
#ifndef PLAN_PRINT_H
#define PLAN_PRINT_H

#include "plan/plan.h"

/* "make directory", "write", ...: the verb of a step, printed before its path */
const char *plan_word(enum plan_op op);

/*
 * Print the steps in order, files as unified diffs that "patch -p1" applies at the root: it makes the directories of
 * new files and skips the other lines. Logins in control/smtproutes are hidden, and a hunk with one does not apply. 0 or -1.
 */
int plan_print(struct ctx *ctx, struct plan *p);

#endif
