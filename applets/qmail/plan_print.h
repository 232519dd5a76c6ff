/* plan_print - a plan for people's eyes: what --dry-run shows. */
#ifndef QMAIL_PLAN_PRINT_H
#define QMAIL_PLAN_PRINT_H

#include "qmail/plan.h"

/* "make directory", "write", ...: what a step does, to stand before its path */
const char *plan_word(enum plan_op op);

/* The steps in order on stdout, with the lines that files lose ("-") and gain ("+"). 0 or -1. */
int plan_print(struct ctx *ctx, const struct plan *p);

#endif
