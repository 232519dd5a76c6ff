/* set_owner - change mode and owner of an existing file or directory. */
#ifndef LIB_SET_OWNER_H
#define LIB_SET_OWNER_H

#include "lib/ctx.h"
#include "lib/owner.h"

/*
 * Set mode and owner ((uid_t)-1: keep) of a regular file or directory and sync it. A symlink as last component is not
 * followed, and a file with more than one hard link is refused: in popusr's directory it may be another user's file. 0
 * or -1.
 */
int set_owner(struct ctx *ctx, const char *path, const struct owner *o);

#endif
