/* fs_walk - what fs stands on: the way to a directory, and whose links are followed on it. */
#ifndef LIB_FS_WALK_H
#define LIB_FS_WALK_H

#include "lib/ctx.h"

/* Open the directory named by the first n bytes of path; -1 with errno. */
int fs_walk(struct ctx *ctx, const char *path, size_t n);

/* true for root, this process, and the owner of the --root tree */
bool fs_trusted(const struct ctx *ctx, uid_t uid);

#endif
