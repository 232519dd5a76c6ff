/* owner - who a new file or directory belongs to. */
#ifndef LIB_OWNER_H
#define LIB_OWNER_H

#include <sys/types.h>

#include "lib/ctx.h"

struct owner {
	mode_t mode;
	uid_t uid; /* (uid_t)-1: whoever makes it */
	gid_t gid; /* the same */
};

/* Through the descriptor, for by name somebody else's file could be given away. Changes only what differs, so that
 * whoever is not root can still make files of its own. path: what fd is, for the error. 0 or -1. */
int owner_give(struct ctx *ctx, int fd, const char *path, const struct owner *o);

#endif
