/* set_owner - mode and owner of what is there already. */
#ifndef LIB_SET_OWNER_H
#define LIB_SET_OWNER_H

#include "lib/ctx.h"
#include "lib/owner.h"

/*
 * A regular file or directory gets this mode and owner ((uid_t)-1: it keeps its own), and both reach the disk. No link is
 * followed at its end, and a file that has a second name is refused: in a directory of popusr's that may be
 * another's. 0 or -1.
 */
int set_owner(struct ctx *ctx, const char *path, const struct owner *o);

#endif
