/* domain_change - the changes of qv-domain: each function is a complete one, from the lock to the last rename. */
#ifndef SETUP_DOMAIN_CHANGE_H
#define SETUP_DOMAIN_CHANGE_H

#include "setup/domain_files.h"

/* want: name, form, subdomains, and, depending on the form, id, user ("": popusr), relay. The rest is filled in. */
int domain_add(struct ctx *ctx, struct domain *want, const struct domain_files *files);
/* Deliver mail for name like that for old, which is virtual; if old is an alias, name becomes an alias of its domain. */
int domain_alias(struct ctx *ctx, const char *name, const char *old);

/* Refused while the domain has aliases; for an alias only its own lines are removed. */
int domain_del(struct ctx *ctx, const char *name, bool purge, bool force);

/* A paused dial-up host keeps receiving; nothing is sent. */
int domain_pause(struct ctx *ctx, const char *name, bool pause);

/*
 * Write these hosts, in order of preference, to the RELAYHOST of a dial-up host (or of an alias of one). A running flush
 * continues with the old ones; if another program is sending, this waits until it ends.
 */
int domain_relayhost(struct ctx *ctx, const char *name, const struct opt_list *hosts);

#endif
