/*
 * internal - what the files of flush/ share, and nobody else. Who does what:
 *
 *	run       as root: lock RELAYHOST, see that mail waits, have the worker do it, keep .qv-status
 *	prepare   as root: what the files say about this customer
 *	crew      processes of a run: start, hand SIGTERM on, wait
 *	deliver   as popusr: list the mail, have the connections made, expire what is too old
 *	connect   one connection after another: the hosts of RELAYHOST, simpler ways of talking
 *	items     which message is whose
 *	session   one connection: between the SMTP engine, the socket and the files
 *	settle    one verdict: remove, keep, or bounce; one line to the log
 *	remover   unlink, in a process beside the session
 *	transport another program instead of all that
 *
 * A run has these processes: the parent (root), the worker and its removers (popusr); with -P N the worker has N more, one
 * for each connection. What they all must see is in memory that they share: the counts and the state of each message.
 */
#ifndef FLUSH_INTERNAL_H
#define FLUSH_INTERNAL_H

#include <stdatomic.h>

#include "dialup/attempt.h"
#include "dialup/relayhost.h"
#include "flush/flush.h"
#include "qmail/envelope.h"
#include "qmail/maildir.h"

enum { FLUSH_PREFIXES = 4 /* ids that lead to one directory */ };

enum item_state {
	ITEM_WAITING,
	ITEM_TAKEN, /* a connection has it */
	ITEM_TRIED, /* its session was lost under it: another server may take it, this one is not asked again */
	ITEM_KEPT,  /* deferred: by a word about it, or because it may be there already */
	ITEM_GONE,  /* delivered, bounced, or taken away by another program */
};

/* What one process has done; the worker's own is the sum in the end. */
struct flush_tally {
	struct attempt last;
	char why[512];  /* how the last session, or the last try to have one, failed; "" if it did not */
	char held[512]; /* how a session ended under its first message */
	char kept[512]; /* why a message stays; the last one */
	bool stuck;     /* of the worker: delivered messages cannot be removed, so nothing more may be sent */
	bool done;      /* it has come to its end */
};

struct flush {
	struct ctx *ctx;
	const struct conf *conf;
	const struct flush_options *o;
	const char *dir;      /* as it was given */
	char path[PATH_MAX];  /* the same, absolute */
	char prefix[FLUSH_PREFIXES][300]; /* of its recipients: "some.example.com-"; "" behind the last */
	struct relayhost hosts;
	struct err unsent;    /* code not 0: RELAYHOST names nobody, so mail can only expire */
	long lifetime;
	enum smtp_mode mode;  /* the fastest way of talking that is worth a try */
	int64_t until;        /* clock_ms() when the run must end; 0: when it is done */
	int new;              /* Maildir/new */
	int tmp;              /* Maildir/tmp, or -1 */
	int lock;             /* RELAYHOST */
	int stop;             /* signals.h: readable when this process is to stop */
	bool stopping;
	struct maildir_list list;
	_Atomic unsigned char *item; /* enum item_state of each message of list; shared */
	struct flush_tally *tallies;       /* the worker's, and behind it one for each connection; shared */
	struct flush_tally *tally;         /* this process' own */
	struct remover *remover;     /* NULL: none */
};

/* prepare.c: path, prefix, hosts, lifetime and mode, as the files say. 0, also without a host (f->unsent), or -1. */
int flush_prepare_path(struct flush *f);
int flush_prepare(struct flush *f);

/* "DIR/NAME" below the root. */
const char *flush_below(const struct flush *f, const char *name, char *to, size_t size);

/* mode in a word, as .qv-status has it. */
const char *flush_mode_word(enum smtp_mode mode);

/*
 * crew.c: n processes that each do job(f, k) and end, while this one waits for them and hands SIGTERM on. In each, f->stop is
 * its own. status (NULL, or n of them): as of wait(2). 0; -1 when none could be started.
 */
int crew_run(struct flush *f, size_t n, void (*job)(struct flush *f, size_t k), int *status);

/* True once SIGTERM, SIGINT or SIGHUP has come; asks f->stop. */
bool flush_told_to_stop(struct flush *f);

/* True when nothing more is to be begun: told to stop, the run's time is up, or what is delivered cannot be removed. */
bool flush_is_over(struct flush *f);

/* items.c: the first message at or behind from that waits, which is ours now; f->list.n: none. */
size_t flush_take_waiting(struct flush *f, size_t from);
bool flush_anything_waits(const struct flush *f);

/* deliver.c: all of it; counts in f->tally. 0; -1: it could not be begun, why is in f->tally->last.result. */
int flush_deliver(struct flush *f);

/* connect.c: sessions with the hosts of RELAYHOST in turn, until nothing waits or all have been asked. */
void flush_connect(struct flush *f);

/* session.c: one SMTP session over fd with the server called name, talking in no faster way than mode. */
struct flush_outcome {
	enum smtp_mode mode; /* the way it talked */
	size_t settled;      /* messages */
	bool ready;          /* mail could be offered */
	bool proven;         /* at least one message was accepted */
	bool broken;         /* it ended before its time; f->tally->why says how */
	bool suspect;        /* and that may be due to the way it talked */
	bool enough;         /* it ended in peace, but the server would take more in another one */
};

void flush_session(struct flush *f, int fd, const char *name, enum smtp_mode mode, struct flush_outcome *out);

/* settle.c: a message's end, each with its line in the log. */
void settle_delivered(struct flush *f, size_t i, const char *why);
void settle_refused(struct flush *f, size_t i, const char *server, const char *why);

/* Another program has taken it away: delivered (a transport), or read by somebody. */
void settle_gone(struct flush *f, size_t i, bool delivered);

/* It is past its lifetime. */
bool flush_is_expired(const struct flush *f, size_t i);

/* It stays. */
void settle_kept(struct flush *f, size_t i, const char *why);

/* It was not offered to anybody, for a reason that the summary gives: as settle_kept(), but silent under -q. */
void settle_unasked(struct flush *f, size_t i, const char *why);

/* It was offered, or no server could be reached: it stays; but when it is past its lifetime, it bounces. */
void settle_deferred(struct flush *f, size_t i, const char *why);

/* A message in hand. */
struct flush_opened {
	int fd;
	off_t size; /* bytes it has now */
	size_t n;   /* of these, read into head */
	struct envelope envelope;
};

/* Open message i and read its envelope; head takes its first bytes. 0; -1: it is gone, or was settled as unsendable. */
int flush_open(struct flush *f, size_t i, struct flush_opened *m, char *head, size_t size);

#endif
