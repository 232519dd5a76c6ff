/* mailbox_change - what qv-mailbox does: each is one whole change of one address' .qmail file and its box. */
#ifndef SETUP_MAILBOX_CHANGE_H
#define SETUP_MAILBOX_CHANGE_H

#include <stdbool.h>

#include "lib/ctx.h"
#include "lib/opt.h"

/*
 * ADDRESS delivers into box (NULL: the next free number), or into the Maildir with this path, wherever it is; which gets password
 * unless NULL. Prints the box's name, or the path. Copies go to these addresses.
 */
struct mailbox_wish {
	const char *box, *maildir, *password;
	struct opt_list copies;
};

int mailbox_add(struct ctx *ctx, const char *address, const struct mailbox_wish *asked);

/*
 * Boxes of this domain's customer that no address need deliver into, n names; and with used >= 0 all numbers up to that one
 * count as used.
 */
int mailbox_box(struct ctx *ctx, const char *domain, char *const *name, int n, long used);

/* The address goes; with_box: its box too, unless another address delivers there. */
int mailbox_del(struct ctx *ctx, const char *address, bool with_box);

/* ADDRESS is sent on to these targets, n of them. */
int mailbox_forward(struct ctx *ctx, const char *address, char *const *target, int n);

/* Where mail for unknown addresses goes. */
enum mailbox_default { MAILBOX_BOUNCE, MAILBOX_DISCARD, MAILBOX_ADDRESS, MAILBOX_BOX, MAILBOX_MAILDIR };

/* What .qmail-default says then: only a comment; qmail takes the mail, and that was it. */
extern const char mailbox_discards[]; /* MAILBOX_DISCARD */

/* force: also in place of what was written by hand. */
int mailbox_default(struct ctx *ctx, const char *domain, enum mailbox_default to, const char *where, bool force);

/*
 * A line per instruction: ADDRESS, box|maildir|mbox|forward|program, value; of a file without one: ADDRESS, discard (only
 * comments) or qmail (empty: the default delivery). With ctx->json an array. domain NULL: all that have a home here, but for
 * dial-up hosts.
 */
int mailbox_list(struct ctx *ctx, const char *domain);

#endif
