/*
 * rebuild - build a cdb again from its source text: the common part of qv-newu and qv-newmrh.
 *
 *	struct rebuild r;
 *
 *	if (rebuild_begin(ctx, &r, "/var/qmail/users/assign", "/var/qmail/users/cdb") < 0)
 *		return -1;
 *	return rebuild_end(ctx, &r, digest(ctx, r.source, r.from, r.to));
 *
 * The administrators' lock is held meanwhile. With ctx->dry_run the cdb is written to /dev/null, and its name and source
 * are printed.
 */
#ifndef QMAIL_REBUILD_H
#define QMAIL_REBUILD_H

#include "lib/ctx.h"
#include "lib/lockfile.h"
#include "lib/replace.h"

struct rebuild {
	const char *source;
	int from; /* the source, open for reading */
	int to;   /* the new cdb, open for writing */
	/* private */
	const char *cdb;
	struct lockfile lock;
	struct replace replace;
};

/* 0, or -1 with nothing left behind: not root, lock held, no source, or the cdb cannot be created. */
int rebuild_begin(struct ctx *ctx, struct rebuild *r, const char *source, const char *cdb);

/* digested is 0: put the new cdb in place; -1: keep the old one. */
int rebuild_end(struct ctx *ctx, struct rebuild *r, int digested);

#endif
