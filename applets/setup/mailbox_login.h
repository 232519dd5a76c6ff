/* mailbox_login - set the password of a box, suspend and enable it. */
#ifndef SETUP_MAILBOX_LOGIN_H
#define SETUP_MAILBOX_LOGIN_H

#include "box/boxes.h"
#include "setup/change.h"

/*
 * Check that a box exists for who: its name, or an address that delivers into it alone. Takes no lock: for use before a
 * password is asked for. 0, or -1 with ctx->err.
 */
int mailbox_login_look(struct ctx *ctx, const char *who);

/* Set the password of who's box. A suspended box stays suspended. */
int mailbox_passwd(struct ctx *ctx, const char *who, const char *password);

/* The same with a hash that crypt(3) made elsewhere. */
int mailbox_hash(struct ctx *ctx, const char *who, const char *hash);

/* A suspended box cannot be logged in to; its password is kept. A box without a password can be suspended too. */
int mailbox_suspend(struct ctx *ctx, const char *who, bool suspended);

/* As part of a change: set the password of this box; it may already have it. */
int mailbox_login_give(struct ctx *ctx, struct change *c, const struct box *box, const char *password);

#endif
