/*
 * lockfile - a lock that no other user can take: on a file that is root's alone and lasts as long as the lock.
 *
 *	struct lockfile l;
 *
 *	r = lockfile_take(ctx, &l, "/var/qmail/users/qv-lock", LOCK_UNMARKED, ctx->wait);	0 ours, 1 held by another process, -1
 *	...
 *	lockfile_drop(&l);							in each of these cases
 *
 * Any user may open a directory that is readable for all, and lock it for ever with flock(2). This file is removed by
 * whoever has locked it, so a command leaves nothing behind; what a killed one leaves is free and is taken by the next.
 */
#ifndef LIB_LOCKFILE_H
#define LIB_LOCKFILE_H

#include <stdbool.h>

#include "lib/ctx.h"

struct lockfile {
	int fd; /* of the file, also if another process has locked it: for lock_holder(); -1 none */
	bool shared; /* other machines have its file system mounted too (netfs.h): the file is never removed */
	/* private */
	int dir;          /* of the file that is to be removed; -1: nothing is */
	const char *name; /* in path, which must live as long as this */
};

#define LOCKFILE_NONE ((struct lockfile){.fd = -1, .dir = -1})

/*
 * Make path's file, mark it (lock_mark()), so that nobody sees it locked and not marked yet, and lock it; wait at most
 * this many seconds. Where it cannot be made (a file system that is full or read only, a user that is not root) its
 * directory is locked; not on a network file system, where that keeps out nobody, and nothing is marked.
 */
int lockfile_take(struct ctx *ctx, struct lockfile *l, const char *path, int mark, int seconds);

/* Open for lock_look() what is locked, without making it. 0; 1: there is none; -1. */
int lockfile_look(struct ctx *ctx, struct lockfile *l, const char *path);

/* Let go of the lock, but keep the descriptor. */
void lockfile_let_go(struct lockfile *l);
void lockfile_drop(struct lockfile *l);

#endif
