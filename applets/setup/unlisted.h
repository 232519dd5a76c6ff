/* unlisted - warnings of lists of valid recipients that some qmails ask besides rcpthosts (qmail/recipients.h). */
#ifndef SETUP_UNLISTED_H
#define SETUP_UNLISTED_H

#include "lib/ctx.h"
#include "qmail/names.h"

/* Each of these is for something new, and prints nothing during an import. A line for every list that exists. */
void unlisted_domain(struct ctx *ctx, const char *name);

/* The first list that has neither this address nor its whole domain. local is "default" for all others of a domain. */
void unlisted_address(struct ctx *ctx, const struct name_address *a);

#endif
