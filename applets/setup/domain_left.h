/*
 * domain_left - the remains of a deleted POP or dial-up domain: its home, boxes, and logins that still work.
 *
 * qv-domain del keeps them, as they may contain mail; qv-domain del --purge of a deleted domain removes them.
 */
#ifndef SETUP_DOMAIN_LEFT_H
#define SETUP_DOMAIN_LEFT_H

#include "lib/sorted.h"
#include "setup/change.h"

/*
 * Find the home with this name in the layout of qv-domain add that no line of users/assign refers to; fill in d, without
 * an id. 0; 1: not found; -1 with ctx->err.
 */
int domain_left(struct ctx *ctx, const struct change *c, const char *name, struct domain *d);

/* True if no line of users/assign has the home of d or one that shares its directory of boxes. */
bool domain_was_last(const struct routing *r, const struct domain *d);

/* The directories of boxes that have a password and are not suspended, into dirs = SORTED(CONTROL_MAX). 0 or -1. */
int domain_login_dirs(struct ctx *ctx, const struct logins *t, struct sorted *dirs);

/* How many of them are in b, or in its home if foreign. */
size_t domain_logins(const struct sorted *dirs, const struct boxes *b);

#endif
