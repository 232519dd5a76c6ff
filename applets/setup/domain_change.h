/* domain_change - what qv-domain does: each is one whole change, from the lock to the last rename. */
#ifndef SETUP_DOMAIN_CHANGE_H
#define SETUP_DOMAIN_CHANGE_H

#include "setup/domain_files.h"

/* want: name, form, subdomains, and where they matter id, user ("": popusr), relay. The rest is filled in. */
int domain_add(struct ctx *ctx, struct domain *want, const struct domain_files *files);
/* The mail of name is delivered as that of old, which is virtual; an alias of an alias is one of the domain behind. */
int domain_alias(struct ctx *ctx, const char *name, const char *old);

/* Refused while aliases of it live; of an alias only its own lines go. */
int domain_del(struct ctx *ctx, const char *name, bool purge, bool force);

/* A paused dial-up host keeps receiving; nothing is sent. */
int domain_pause(struct ctx *ctx, const char *name, bool pause);

/*
 * RELAYHOST of a dial-up host (or of an alias of one) names these, in order of preference. A flush under way ends with the
 * old ones; where another program sends, its end is waited for.
 */
int domain_relayhost(struct ctx *ctx, const char *name, const struct opt_list *hosts);

#endif
