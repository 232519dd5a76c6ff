/*
 * view - the tree as it will be once a plan is applied.
 *
 * Later parts of a change must see earlier ones: a box that the plan makes exists, and a directory that the plan makes
 * contains only what the plan puts there. Paths that the plan does not touch are looked up on disk. plan may be NULL:
 * only the disk is used. A lookup costs the same for plans of ten steps and of a hundred thousand.
 */
#ifndef PLAN_VIEW_H
#define PLAN_VIEW_H

#include "plan/plan.h"

/* The last step for exactly this path, or NULL. */
struct plan_step *plan_find(struct plan *p, const char *path);

/* True if the plan makes a directory above path: then it contains only what the plan puts there. */
bool plan_is_below_new(struct plan *p, const char *path);

/* As fs_stat(); for a planned path only the type in st_mode is set. */
int plan_stat(struct ctx *ctx, struct plan *p, const char *path, struct stat *st);

/* As fs_slurp(). */
int plan_slurp(struct ctx *ctx, struct plan *p, const char *path, struct buf *b, struct stat *st);

#endif
