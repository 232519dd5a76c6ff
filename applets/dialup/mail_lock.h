/*
 * mail_lock - what keeps two flushes of a dial-up host apart, also after RELAYHOST was replaced by another file, whose
 * lock the first flush does not have: Maildir/new is locked; on a network file system, where a directory's lock keeps
 * out only this machine, a file that is never replaced.
 */
#ifndef DIALUP_MAIL_LOCK_H
#define DIALUP_MAIL_LOCK_H

#include "lib/ctx.h"

/*
 * Open the RELAYHOST at path and lock it, as setlock(8) does for serialmail. 0: locked, until *fd is closed; 1: another process
 * has it; -1 with ctx->err. *fd: its descriptor, or -1.
 */
int relayhost_lock(struct ctx *ctx, const char *path, int *fd);

/*
 * new: Maildir/new. 0: locked, until new and *fd are closed; 1: another process has it; -1 with errno. *fd: the file's
 * descriptor, also of what another one has locked, or -1.
 */
int mail_lock(int new, int *fd);

#endif
