/*
 * list - all addresses that exist, for filters in front of qmail-smtpd.
 *
 * One a line: USER@DOMAIN; or @DOMAIN where not all addresses of an accepted domain can be listed, because a default takes
 * them, another host knows them (relay, backup, dial-up without a list), or it is not certain (rcpt.h: RCPT_UNSURE).
 * @.DOMAIN stands for the domains below one.
 */
#ifndef RCPT_LIST_H
#define RCPT_LIST_H

#include "lib/buf.h"
#include "lib/ctx.h"

/*
 * Print the list; or replace cdb (if not NULL), whose keys are each line, and each line behind a colon (as fastforward and
 * s/qmail ask), with empty data. A list without an entry is an error, as it would refuse all mail. 0, or -1 with ctx->err.
 */
int rcpt_list(struct ctx *ctx, const char *cdb);

/*
 * What is accepted is in hosts, a text of rcpthosts, and in morercpthosts.cdb. Replaces cdb unless it is the
 * same already, and not by an empty list, of which it warns. 0, or -1 with ctx->err.
 */
int rcpt_list_keep(struct ctx *ctx, const char *cdb, const struct buf *hosts);

/* May a list be written to path: is there one, or nothing? A wrong name must not cost users/cdb. 0, or -1 with ctx->err. */
int list_cdb_check(struct ctx *ctx, const char *path);

/* The cdb as rcpt_list() would make it now, in memory: its descriptor, or -1 with ctx->err. */
int rcpt_list_now(struct ctx *ctx);

#endif
