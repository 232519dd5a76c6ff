/* domain_show - domains for people's eyes and as JSON, on stdout. */
#ifndef SETUP_DOMAIN_SHOW_H
#define SETUP_DOMAIN_SHOW_H

#include "setup/change.h"

/* A line per domain: NAME, form, handle, where its mail goes. With ctx->json an array of what domain_show() gives. */
int domain_list(struct ctx *ctx, const struct change *c);

/* All that is known of one. With ctx->json one object. */
int domain_show(struct ctx *ctx, const struct change *c, const struct domain *d);

#endif
