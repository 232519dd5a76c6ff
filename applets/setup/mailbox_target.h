/* mailbox_target - does mail that is to be forwarded to an address here reach anybody? */
#ifndef SETUP_MAILBOX_TARGET_H
#define SETUP_MAILBOX_TARGET_H

#include "setup/change.h"

/*
 * Warns of a target in a domain that is delivered here where no .qmail file takes it, nor will when the change is made; and of
 * one whose mail comes, by the .qmail files here, to a file where it has been. own is the .qmail file that forwards to it.
 */
void mailbox_warn_of_target(struct ctx *ctx, struct change *c, const char *own, const char *target);

#endif
