/* mailbox_change - the changes of qv-mailbox: each function changes one address' .qmail file and its box. */
#ifndef SETUP_MAILBOX_CHANGE_H
#define SETUP_MAILBOX_CHANGE_H

#include <stdbool.h>

#include "lib/ctx.h"
#include "lib/opt.h"

/*
 * Make ADDRESS deliver into box (NULL: the next free number) or into the Maildir with this path, anywhere; set its
 * password unless NULL. Prints the box's name or the path. Copies are sent to the given addresses.
 */
struct mailbox_wish {
	const char *box, *maildir, *password;
	struct opt_list copies;
};

int mailbox_add(struct ctx *ctx, const char *address, const struct mailbox_wish *asked);

/*
 * Make n boxes of this domain's customer, which need no address; with used >= 0 mark all numbers up to it as used.
 */
int mailbox_box(struct ctx *ctx, const char *domain, char *const *name, int n, long used);

/* Remove the address; with_box: its box too, unless another address delivers there. */
int mailbox_del(struct ctx *ctx, const char *address, bool with_box);

/* Forward ADDRESS to these n targets. */
int mailbox_forward(struct ctx *ctx, const char *address, char *const *target, int n);

/* The handling of mail for unknown addresses. */
enum mailbox_default { MAILBOX_BOUNCE, MAILBOX_DISCARD, MAILBOX_ADDRESS, MAILBOX_BOX, MAILBOX_MAILDIR };

/* The text of .qmail-default for MAILBOX_DISCARD: only a comment, so that qmail accepts the mail and drops it. */
extern const char mailbox_discards[]; /* MAILBOX_DISCARD */

/* force: also replace a file that was written by hand. */
int mailbox_default(struct ctx *ctx, const char *domain, enum mailbox_default to, const char *where, bool force);

/*
 * A line per instruction: ADDRESS, box|maildir|mbox|forward|program, value; for a file without any: ADDRESS, discard
 * (only comments) or qmail (empty: the default delivery). With ctx->json an array. domain NULL: all domains with a home
 * here, except dial-up hosts.
 */
int mailbox_list(struct ctx *ctx, const char *domain);

#endif
