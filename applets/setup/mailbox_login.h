/* mailbox_login - who may log in to which box: passwords given, suspended, enabled. */
#ifndef SETUP_MAILBOX_LOGIN_H
#define SETUP_MAILBOX_LOGIN_H

#include "box/boxes.h"
#include "setup/change.h"

/*
 * Is there a box for who, its name or an address that delivers into it alone? Takes no lock: for use before a password is
 * asked for. 0, or -1: none, and the error says so.
 */
int mailbox_login_look(struct ctx *ctx, const char *who);

/* The box of who gets the password. A suspended box stays suspended. */
int mailbox_passwd(struct ctx *ctx, const char *who, const char *password);

/* The same with what crypt(3) made of the password elsewhere. */
int mailbox_hash(struct ctx *ctx, const char *who, const char *hash);

/* Suspended, nobody logs in; the password is kept. Twice is the same as once, and a box needs no password for it. */
int mailbox_suspend(struct ctx *ctx, const char *who, bool suspended);

/* Part of a change: this box gets the password, which it may have already. */
int mailbox_login_give(struct ctx *ctx, struct change *c, const struct box *box, const char *password);

#endif
