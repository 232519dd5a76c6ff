/*
 * recipients - lists of valid recipients, which the qmail-smtpd of some qmails asks besides rcpthosts: s/qmail's
 * control/recipients, and those of the validrcptto patches. What they do not list is refused. These programs do not write them.
 */
#ifndef QMAIL_RECIPIENTS_H
#define QMAIL_RECIPIENTS_H

#include "lib/ctx.h"

/* The next of them that exists, below the root, from *at on, which begins as 0; NULL: no more. */
const char *recipients_next(struct ctx *ctx, size_t *at);

/*
 * Is address ("": none), or all of domain, which is "@DOMAIN" there, a line of the list at path, or a key if it is a cdb? Case
 * does not count. False also where the list cannot be read, and for the other forms of line that such lists may have.
 */
bool recipients_has(struct ctx *ctx, const char *path, const char *address, const char *domain);

#endif
