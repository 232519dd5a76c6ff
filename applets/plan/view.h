/*
 * view - the tree as it will be once a plan is applied.
 *
 * While a change is worked out, later parts of it must see earlier ones: a box that the plan makes is there, below a
 * directory that the plan makes there is nothing else. What the plan does not touch is looked at on disk. plan may be NULL:
 * the disk alone. A look costs the same for plans of ten steps and of a hundred thousand.
 */
#ifndef PLAN_VIEW_H
#define PLAN_VIEW_H

#include "plan/plan.h"

/* The last step that is about exactly this path, or NULL. */
struct plan_step *plan_find(struct plan *p, const char *path);

/* As fs_stat(); of what is planned only the type in st_mode counts. */
int plan_stat(struct ctx *ctx, struct plan *p, const char *path, struct stat *st);

/* As fs_slurp(). */
int plan_slurp(struct ctx *ctx, struct plan *p, const char *path, struct buf *b, struct stat *st);

#endif
