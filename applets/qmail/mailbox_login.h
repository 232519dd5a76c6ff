/* mailbox_login - who may log in to which box: passwords given, suspended, enabled. */
#ifndef QMAIL_MAILBOX_LOGIN_H
#define QMAIL_MAILBOX_LOGIN_H

#include "qmail/boxes.h"

/* who is a box's name, or an address that delivers into that box alone. A suspended box stays suspended. */
int mailbox_passwd(struct ctx *ctx, const char *who, const char *password);

/* Suspended, nobody logs in; the password is kept. Twice is the same as once, and a box needs no password for it. */
int mailbox_suspend(struct ctx *ctx, const char *who, bool suspended);

/* Steps that give this box the password, which it may have already. Under conf_lock(). */
int mailbox_login_plan(struct ctx *ctx, const struct box *box, const char *password, struct plan *plan);

#endif
