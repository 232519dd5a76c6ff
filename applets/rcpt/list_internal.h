/*
 * list_internal - what the files of the list share.
 *
 *	list		the accepted domains, and where the list is written
 *	list_single	entries of users/cdb and virtualdomains for single addresses
 *	list_domain	the addresses of one domain
 *	list_cdb	the list as a cdb
 */
#ifndef RCPT_LIST_INTERNAL_H
#define RCPT_LIST_INTERNAL_H

#include "lib/sorted.h"
#include "rcpt/rcpt.h"

enum { RCPT_LIST_MAX = 1 << 30 /* bytes of the list, and of each part of it */ };

struct rcpt_single {
	struct sorted user;    /* names in users/cdb */
	struct sorted begin;   /* those in it that stand for all that begin with them */
	struct sorted virtual; /* HOST@LOCAL, in lower case: addresses in virtualdomains */
};

/* 0, or -1 with ctx->err. rcpt_single_free() in any case. */
int rcpt_single(struct rcpt *r, struct rcpt_single *s);
void rcpt_single_free(struct rcpt_single *s);

/* fd is empty. 0, or -1 with errno. */
int list_cdb_fill(int fd, const struct buf *list);

/* Replace the cdb at path, if it is not the same already; with ctx->dry_run say so. 0, or -1 with ctx->err. */
int list_cdb_write(struct ctx *ctx, const char *path, const struct buf *list);

/* Append the lines of an accepted domain, in lower case, to out. 0, or -1 with ctx->err. */
int rcpt_list_domain(struct rcpt *r, const struct rcpt_single *single, const char *host, struct buf *out);

#endif
