/* lists - the lists of all addresses, for filters in front of qmail-smtpd, are written again by each change. */
#ifndef SETUP_LISTS_H
#define SETUP_LISTS_H

#include "routing/files.h"

/*
 * Queue those in control/qv-lists that exist: who removes one does not want it again. Routing is as it will be. 0, or -1
 * with ctx->err.
 */
int lists_plan(struct ctx *ctx, const struct routing *r, struct plan *plan);

#endif
