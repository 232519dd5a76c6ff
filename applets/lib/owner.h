/* owner - mode and owner of a new file or directory. */
#ifndef LIB_OWNER_H
#define LIB_OWNER_H

#include <sys/types.h>

#include "lib/ctx.h"

/* In place of another user's file, too: the user who makes it. For a replacement (replace.h). */
#define OWNER_WRITER ((uid_t)-2)

struct owner {
	mode_t mode;
	uid_t uid; /* (uid_t)-1: the user who makes it */
	gid_t gid; /* the same */
};

/*
 * Set mode and owner through the descriptor: by name, another user's file could be changed. Changes only what differs,
 * so that a user other than root can make files. path: the name for errors. 0 or -1.
 */
int owner_give(struct ctx *ctx, int fd, const char *path, const struct owner *o);

#endif
