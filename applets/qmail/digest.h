/*
 * digest - a text, line by line, into a cdb: what users/assign and control/morercpthosts have in common.
 *
 *	struct digest d = {.ctx = ctx, .name = "/var/qmail/users/assign", .feed = feed_fd(from)};
 *	int r = digest_begin(&d, fd);
 *
 *	while (r == 0 && more) {
 *		digest_line(&d, &line)
 *		digest_add(&d, key, keylen, data, datalen)  or  digest_bad(&d, why)
 *	}
 *	return digest_end(&d, r);
 *
 * All return 0, or -1 with ctx->err naming the text, and the line where one is at fault.
 */
#ifndef QMAIL_DIGEST_H
#define QMAIL_DIGEST_H

#include "lib/ctx.h"
#include "lib/feed.h"

struct cdbfile;

struct digest {
	struct ctx *ctx;
	const char *name; /* of the text, as errors call it, without ctx->root */
	struct feed feed;
	/* private */
	struct cdbfile *cdb;
};

/* Such a module as others call it: n bytes of text, called name, become the cdb in fd. 0, or -1 with ctx->err. */
typedef int digest_text(struct ctx *ctx, const char *name, const char *text, size_t n, int fd);

/* The cdb goes into fd, which is empty and seekable; nothing is synced. */
int digest_begin(struct digest *d, int fd);
int digest_line(struct digest *d, struct feed_line *l);
int digest_add(struct digest *d, const char *key, size_t keylen, const char *data, size_t datalen);

/* The line last read is wrong: why. */
int digest_bad(struct digest *d, const char *why);

/* Finish the cdb if r is 0, else give it up; ends d in either case. */
int digest_end(struct digest *d, int r);

#endif
