/* read - a control file's lines, to be changed and given back to a plan. */
#ifndef PLAN_READ_H
#define PLAN_READ_H

#include "plan/plan.h"
#include "qmail/lines.h"

/* What is not there has no lines. seen: for plan_file(). 0; -1 with ctx->err, and lines_free() is due all the same. */
int plan_read(struct ctx *ctx, const char *path, struct lines *l, struct plan_seen *seen);

#endif
