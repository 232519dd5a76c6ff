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
 * All return 0, or -1 with ctx->err, which names the text and, if a line is wrong, its number.
 */
#ifndef QMAIL_DIGEST_H
#define QMAIL_DIGEST_H

#include "lib/ctx.h"
#include "lib/feed.h"

struct cdbfile;

struct digest {
	struct ctx *ctx;
	const char *name; /* of the text, as shown in errors, without ctx->root */
	struct feed feed;
	/* private */
	struct cdbfile *cdb;
};

/* The entry point of such a module: write n bytes of text, called name in errors, as a cdb to fd. 0, or -1 with ctx->err. */
typedef int digest_text(struct ctx *ctx, const char *name, const char *text, size_t n, int fd);

/* The cdb goes into fd, which is empty and seekable; nothing is synced. */
int digest_begin(struct digest *d, int fd);
int digest_line(struct digest *d, struct feed_line *l);
int digest_add(struct digest *d, const char *key, size_t keylen, const char *data, size_t datalen);

/* Report the line last read as wrong; why is the reason. */
int digest_bad(struct digest *d, const char *why);

/* Finish the cdb if r is 0, else discard it; d is freed in either case. */
int digest_end(struct digest *d, int r);

#endif
