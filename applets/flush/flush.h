/*
 * flush - one dial-up host's mail, from its Maildir to its mail server: the delivery script.
 *
 * This folder is the only place where qmail/ and smtp/ meet. Who does what:
 *
 *	run      as root: lock RELAYHOST, see that mail waits, fork the worker, keep .qv-status
 *	deliver  as popusr: list the mail, go through the hosts of RELAYHOST, expire what is too old
 *	session  one connection: between the SMTP engine, the socket and the files
 *	settle   one verdict: unlink, keep, or bounce; one line to the log
 */
#ifndef FLUSH_FLUSH_H
#define FLUSH_FLUSH_H

#include <stdbool.h>

#include "qmail/conf.h"
#include "qmail/envelope.h"
#include "qmail/last.h"
#include "qmail/maildir.h"
#include "qmail/relayhost.h"

struct flush_options {
	bool keep_refused;      /* -B: refused mail stays */
	bool report;            /* -o: say what waits, send nothing */
	long lifetime;          /* -t: seconds; -1: DIR/.qv-lifetime, else control/qv-lifetime */
	const char *transport;  /* -c: this program instead of the built-in client; NULL */
};

/*
 * One pass for the customer's directory dir. 0 done or nothing to do, EXIT_TEMP when mail was deferred; -1: it could not
 * be tried. Being root it delivers as popusr in a child of its own; SIGTERM lets that child finish its message.
 */
int flush_dir(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, const char *dir);

/* private from here: what the files of this folder share */

enum item_state {
	ITEM_WAITING,
	ITEM_TRIED,   /* its session was lost under it: another server may take it, this one is not asked again */
	ITEM_SETTLED, /* delivered, bounced, or deferred: by a word about it, or because it may be there already */
};

struct flush {
	struct ctx *ctx;
	const struct conf *conf;
	const struct flush_options *o;
	const char *dir;      /* as it was given */
	char path[PATH_MAX];  /* the same, absolute */
	char prefix[300];     /* of its recipients: "some.example.com-" */
	struct relayhost hosts;
	long lifetime;
	int new;              /* Maildir/new */
	int tmp;              /* Maildir/tmp, or -1 */
	int lock;             /* RELAYHOST */
	int stop;             /* signals.h: readable when SIGTERM came */
	bool stopping;
	struct maildir_list list;
	enum item_state *item; /* one for each message of list */
	bool turned_away;     /* the last session ended before any mail could be offered */
	char why[512];        /* how the last session, or the last try to have one, failed; "" if it did not */
	size_t late;          /* messages that stay and are older than control/qv-warn */
	struct last last;     /* counts so far */
};

/* deliver.c: all of it; counts in f->last. */
void deliver(struct flush *f);

/* session.c: one SMTP session over fd with the server called name. How many messages were settled. */
size_t session(struct flush *f, int fd, const char *name);

/* The first message at or behind from that waits; f->list.n: none. */
size_t next_waiting(const struct flush *f, size_t from);

/* settle.c: a message's end, each with its line in the log. fd: the open message. */
void settle_delivered(struct flush *f, size_t i, const char *why);
void settle_refused(struct flush *f, size_t i, const struct envelope *e, int fd, const char *server, const char *why);

/* Another program has taken it away. */
void settle_gone(struct flush *f, size_t i);

/* It stays; but when it is older than its lifetime, it bounces. e NULL: it has no envelope to bounce to. */
void settle_deferred(struct flush *f, size_t i, const struct envelope *e, int fd, const char *why);

/* Open message i and read its envelope; head takes its first bytes. The descriptor, or -1: gone, or it was settled as unsendable. */
int open_message(struct flush *f, size_t i, struct envelope *e, char *head, size_t size, size_t *n);

#endif
