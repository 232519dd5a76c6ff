/* domain_quota - how much mail may wait for a dial-up host (see qmail/quota.h). */
#ifndef SETUP_DOMAIN_QUOTA_H
#define SETUP_DOMAIN_QUOTA_H

#include "lib/ctx.h"

/* Is this a quota as it is to be written: no blanks, no leading zeros? 0, or -1 with ctx->err. */
int domain_quota_check(struct ctx *ctx, const char *quota);

/* host: a dial-up host or an alias of one; quota: one that was checked; NULL: none. 0, or -1 with ctx->err. */
int domain_quota(struct ctx *ctx, const char *host, const char *quota);

/* Print it, as it is written or as a JSON string (null: none). */
int domain_quota_print(struct ctx *ctx, const char *host);

#endif
