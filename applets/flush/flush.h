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
	struct smtp_limits window; /* -W: as wide as it may become */
	const char *transport;     /* -c: this program instead of the built-in client; NULL */
	const char *host;          /* an address in place of RELAYHOST's, whose port stays; NULL */
	bool expire;               /* send nothing: only what is past its lifetime bounces */
};

/* What qv-flush does without options. */
extern const struct flush_options flush_defaults;

/*
 * One pass for the customer's directory dir. 0 done or nothing to do, EXIT_TEMP when mail was deferred; -1: it could not
 * be tried. Being root it delivers as popusr in a child of its own; SIGTERM, SIGINT and SIGHUP let that child finish its message:
 * *stopped then, and no other directory should be begun.
 */
int flush_dir(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, const char *dir, bool *stopped);

/*
 * A connection that was turned round (RFC 2645): the customer has called, and his server speaks next, its greeting.
 *
 *	f = flush_reserve(ctx, conf, &flush_defaults, dir, &ready);	for each of his hosts; locks it
 *	r = flush_turned(f, n, &turned);				those that are ready, in one session
 *	flush_release(f);						each
 *
 * This process must be popusr already. struct flush: one host's run, private.
 */
enum flush_ready {
	FLUSH_READY,   /* mail waits, and it is ours to send */
	FLUSH_NOTHING, /* no mail waits */
	FLUSH_BUSY,    /* another process is sending it */
	FLUSH_PAUSED,
};

struct flush;

struct flush_turned {
	int from, to;     /* the caller: one socket, or two pipes */
	const char *name; /* who, for messages to people */
	bool slowly;      /* a line a write: there is TLS between, and callers that are not up to more */
};

/* NULL: it could not be looked at, or only without memory; ctx->err. Other than FLUSH_READY nothing stays locked. */
struct flush *flush_reserve(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, const char *dir, enum flush_ready *ready);

/* 0 all is gone, EXIT_TEMP: some was deferred; -1: not all could be tried. */
int flush_turned(struct flush **f, size_t n, const struct flush_turned *turned);

/* What this run did, "3 delivered, 1 deferred, 0 bounced": into to. */
void flush_result(const struct flush *f, char *to, size_t size);
void flush_release(struct flush *f);

#endif
