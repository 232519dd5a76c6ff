/* mailbox_target - does the address exist that mail is to be forwarded to? */
#ifndef SETUP_MAILBOX_TARGET_H
#define SETUP_MAILBOX_TARGET_H

#include "setup/change.h"

/* Warns of a target in a domain that is delivered here where no .qmail file takes it, nor will when the change is made. */
void mailbox_warn_of_nobody(struct ctx *ctx, struct change *c, const char *target);

#endif
