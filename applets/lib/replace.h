/*
 * replace - replace a file atomically.
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
 * The new file is made beside the old one as ".NAME.new" with the same mode and owner (but for OWNER_WRITER); without an old
 * one, with those given. A ".NAME.new" left by a crash is removed, so the caller must hold a lock.
 */
#ifndef LIB_REPLACE_H
#define LIB_REPLACE_H

#include <limits.h>

#include "lib/ctx.h"
#include "lib/owner.h"

struct replace {
	int fd;                   /* write here, and read; -1 once it is ready */
	const char *path;         /* the caller's; must live as long as this */
	/* private */
	int dir;
	const char *name;
	char temp[NAME_MAX + 1];
};

/* Refuses an existing path that is not a regular file. 0, or -1 with nothing left behind. */
int replace_begin(struct ctx *ctx, struct replace *r, const char *path, const struct owner *fresh);
int replace_ready(struct ctx *ctx, struct replace *r);

/* In place of replace_ready(): closes without syncing, so that many files can be prepared. */
int replace_park(struct ctx *ctx, struct replace *r);

/* Open a parked file again, to show or drop it. */
int replace_unpark(struct ctx *ctx, struct replace *r);

/* Give it the present time: it shall not be older than what was shown before it. What is not possible is no error. */
void replace_touch(const struct replace *r);

/* Only rename; the caller must sync the directory. Ends r. */
int replace_rename(struct ctx *ctx, struct replace *r);
int replace_show(struct ctx *ctx, struct replace *r); /* ends r, also when it fails */
void replace_drop(struct ctx *ctx, struct replace *r); /* ends r; ctx->err stays */

/* All steps in one call. */
int replace_file(struct ctx *ctx, const char *path, const struct owner *fresh, const void *p, size_t n);

#endif
