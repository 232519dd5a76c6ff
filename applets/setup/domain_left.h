/*
 * domain_left - what a deleted POP or dial-up domain leaves behind: its home, boxes, and logins that still work.
 *
 * qv-domain del keeps them, for they may hold mail; del --purge of a domain that is gone removes them.
 */
#ifndef SETUP_DOMAIN_LEFT_H
#define SETUP_DOMAIN_LEFT_H

#include "setup/change.h"

/*
 * The home that bears this name in the layout of qv-domain add and that no line of users/assign leads to, into d, which has no id.
 * 0; 1: there is none; -1 with ctx->err.
 */
int domain_left(struct ctx *ctx, const struct change *c, const char *name, struct domain *d);

/* No line of users/assign leads to a home whose boxes stand where those of d do. */
bool domain_was_last(const struct routing *r, const struct domain *d);

/* How many boxes in b, or in no other place than its home, have a password and are not suspended. */
size_t domain_logins(const struct logins *t, const struct boxes *b);

#endif
