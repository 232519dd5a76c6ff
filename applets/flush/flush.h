/* flush - one dial-up host's mail, from its Maildir to its mail server: the delivery script. */
#ifndef FLUSH_FLUSH_H
#define FLUSH_FLUSH_H

#include <stdbool.h>

#include "qmail/conf.h"
#include "smtp/smtp.h"

enum {
	FLUSH_CONNECTIONS = 64, /* -P, at most */
	TRANSPORT_MAX = 4000,   /* bytes of -c */
};

struct flush_options {
	bool keep_refused;         /* -B: refused mail stays */
	bool bounce_all;           /* --bounce-all: the brake is off */
	bool report;               /* -o: say what waits, send nothing */
	long lifetime;             /* -t: seconds; -1: DIR/.qv-lifetime, else control/qv-lifetime */
	long limit;                /* -T: seconds for the whole run; 0: none */
	size_t connections;        /* -P */
	struct smtp_limits window; /* -W */
	const char *transport;     /* -c: this program instead of the built-in client; NULL */
};

/* What qv-flush does without options. */
extern const struct flush_options flush_defaults;

/*
 * One pass for the customer's directory dir. 0 done or nothing to do, EXIT_TEMP when mail was deferred; -1: it could not
 * be tried. Being root it delivers as popusr in a child of its own; SIGTERM, SIGINT and SIGHUP let that child finish its message:
 * *stopped then, and no other directory should be begun.
 */
int flush_dir(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, const char *dir, bool *stopped);

#endif
