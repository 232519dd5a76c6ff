/* domain_trigger - who may call for the mail of a dial-up host. */
#ifndef SETUP_DOMAIN_TRIGGER_H
#define SETUP_DOMAIN_TRIGGER_H

#include "lib/ctx.h"
#include "lib/opt.h"

enum { SECRET_MAX = 255 /* bytes */ };

/* What is to be changed; what is not named stays. */
struct trigger_wish {
	bool off;              /* nobody may call any more, but for what follows */
	const char *user;      /* who logs in; NULL */
	const char *secret;    /* of the user; NULL */
	const char *states;    /* of CRAM-MD5, in place of the secret; NULL */
	struct opt_list from;  /* addresses in place of those that were; none */
	bool autoturn;         /* qv-trigger autoturn as well */
};

/* Must a secret be asked for? 1: yes, user (NULL: the one that the host has) has none yet; 0: no; -1 */
int domain_trigger_asks(struct ctx *ctx, const char *host, const char *user);

int domain_trigger(struct ctx *ctx, const char *host, const struct trigger_wish *wish);

#endif
