/*
 * replace - a file becomes another one, whole or not at all.
 *
 *	struct replace r;
 *
 *	if (replace_begin(ctx, &r, "/var/qmail/users/cdb", &(struct owner){0644, 0, 0}) < 0)
 *		return -1;
 *	write r.fd
 *	if (failed || replace_ready(ctx, &r) < 0)		fsync
 *		return replace_drop(ctx, &r), -1;		nothing happened
 *	return replace_show(ctx, &r);				rename, fsync of the directory
 *
 * The new file is made beside the old one as ".NAME.new" and takes its mode and owner; where there
 * was none, those given. A ".NAME.new" left by a crash is removed, so callers hold a lock.
 */
#ifndef LIB_REPLACE_H
#define LIB_REPLACE_H

#include <limits.h>

#include "lib/ctx.h"
#include "lib/owner.h"

struct replace {
	int fd;                   /* write here; -1 once it is ready */
	const char *path;         /* the caller's, must live as long */
	/* private */
	int dir;
	const char *name;
	char temp[NAME_MAX + 1];
};

/* Refuses a path that is there and is no regular file. 0, or -1 with nothing left behind. */
int replace_begin(struct ctx *ctx, struct replace *r, const char *path, const struct owner *fresh);
int replace_ready(struct ctx *ctx, struct replace *r);

/* Instead of replace_ready(): nothing is synced, nothing stays open; so that there can be many. */
int replace_park(struct ctx *ctx, struct replace *r);

/* Open again what was parked, to be shown or dropped. */
int replace_unpark(struct ctx *ctx, struct replace *r);

/* The rename alone; the directory must be synced by what follows. Ends r. */
int replace_rename(struct ctx *ctx, struct replace *r);
int replace_show(struct ctx *ctx, struct replace *r); /* ends r, also when it fails */
void replace_drop(struct ctx *ctx, struct replace *r); /* ends r; ctx->err stays */

/* All of it in one call. */
int replace_file(struct ctx *ctx, const char *path, const struct owner *fresh, const void *p, size_t n);

#endif
