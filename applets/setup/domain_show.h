/* domain_show - domains as readable text and as JSON, on stdout. */
#ifndef SETUP_DOMAIN_SHOW_H
#define SETUP_DOMAIN_SHOW_H

#include "setup/change.h"

/* A line per domain: NAME, form, handle, destination of its mail. With ctx->json an array of domain_show()'s objects. */
int domain_list(struct ctx *ctx, const struct change *c);

/* All details of one domain. With ctx->json one object. */
int domain_show(struct ctx *ctx, const struct change *c, const struct domain *d);

#endif
