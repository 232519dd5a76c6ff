/*
 * tree - directories that go for good.
 *
 * Links are never followed inside: what stands in a directory may have been put there by whoever owns it.
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include <limits.h>

#include "lib/ctx.h"

/* A file, or a directory with all that is in it; not there is success. 0 or -1. */
int tree_remove(struct ctx *ctx, const char *path);

/* The same below an open directory; -1 with errno. */
int tree_remove_at(int at, const char *name);

/* ".NAME.new": what a directory is called while it is made. */
void tree_temp_name(char temp[NAME_MAX + 1], const char *name);

#endif
