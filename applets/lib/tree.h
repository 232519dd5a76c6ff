/*
 * tree - directories that appear whole and go for good.
 *
 * Links are never followed inside: what stands in a directory may have been put there by whoever owns it.
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include "lib/ctx.h"
#include "lib/owner.h"

/*
 * A directory with these sub-directories (NULL-terminated list, or NULL), all of one owner and mode. It is made beside its
 * place as ".NAME.new" and renamed there, so that it is there whole or not at all; synced. A directory that is
 * there already is success and left as it is. 0 or -1.
 */
int tree_make(struct ctx *ctx, const char *path, const struct owner *o, const char *const *inside);

/* A file, or a directory with all that is in it; not there is success. 0 or -1. */
int tree_remove(struct ctx *ctx, const char *path);

#endif
