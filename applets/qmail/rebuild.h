/*
 * rebuild - a cdb anew from the text that belongs to it: what qv-newu and qv-newmrh have in common.
 *
 *	struct rebuild r;
 *
 *	if (rebuild_begin(ctx, &r, "/var/qmail/users/assign", "/var/qmail/users/cdb") < 0)
 *		return -1;
 *	return rebuild_end(ctx, &r, digest(ctx, r.source, r.from, r.to));
 *
 * The administrators' lock is held meanwhile. With ctx->dry_run the cdb goes nowhere, and what would be built is
 * printed.
 */
#ifndef QMAIL_REBUILD_H
#define QMAIL_REBUILD_H

#include "lib/ctx.h"
#include "lib/replace.h"

struct rebuild {
	const char *source;
	int from; /* the source, to be read */
	int to;   /* the new cdb, to be written */
	/* private */
	const char *cdb;
	int lock;
	struct replace replace;
};

/* 0, or -1 with nothing left behind: not root, locked by another, no source, no place for the cdb. */
int rebuild_begin(struct ctx *ctx, struct rebuild *r, const char *source, const char *cdb);

/* digested is 0 or -1: show the new cdb, or leave the old one as it is. */
int rebuild_end(struct ctx *ctx, struct rebuild *r, int digested);

#endif
