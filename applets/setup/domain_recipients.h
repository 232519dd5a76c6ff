/*
 * domain_recipients - the list of a dial-up host's addresses, by which qv-rcpt refuses others (see qmail/localparts.h).
 */
#ifndef SETUP_DOMAIN_RECIPIENTS_H
#define SETUP_DOMAIN_RECIPIENTS_H

#include "lib/ctx.h"
#include "lib/opt.h"

struct recipients_wish {
	const char *file;            /* replaces the list; NULL: none, "-": standard input */
	struct opt_list add, remove; /* LOCAL[,LOCAL]... */
	bool off;                    /* no list: every address is accepted */
};

/* host: a dial-up host or an alias of one. 0, or -1 with ctx->err, and nothing is changed. */
int domain_recipients(struct ctx *ctx, const char *host, const struct recipients_wish *wish);

/* Print it, as its file or as an array of strings (null: no list). */
int domain_recipients_print(struct ctx *ctx, const char *host);

#endif
