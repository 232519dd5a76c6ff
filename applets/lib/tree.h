/*
 * tree - remove directory trees.
 *
 * Symlinks inside are never followed: the owner of a directory may have put them there.
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include <limits.h>

#include "lib/ctx.h"

/* What is called so in a directory is removed last: while it is there, the rest is still what it was. */
#define TREE_LAST "new"

/* Remove a file, or a directory with its contents; success if it does not exist. 0 or -1. */
int tree_remove(struct ctx *ctx, const char *path);

/* The same below an open directory; -1 with errno. */
int tree_remove_at(int at, const char *name);

/*
 * ".NAME.new": the name of a file or directory while it is built. In a change that other machines share it is
 * ".NAME.NODE.new": one that was cut off and comes back cannot show what another one has half built.
 */
void tree_temp_name(const struct ctx *ctx, char temp[NAME_MAX + 1], const char *name);

#endif
