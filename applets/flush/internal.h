/*
 * internal - what the files of flush/ share, and nobody else. Who does what:
 *
 *	run       as root: list the mail, have the worker send it, keep .qv-status
 *	lock      as root: lock RELAYHOST and the mail, see whether any waits
 *	prepare   as root: what the files say about this customer
 *	prefix    what stands before its recipients
 *	crew      processes of a run: start, hand SIGTERM on, wait
 *	deliver   as popusr: have the connections made, expire what is too old
 *	connect   one connection after another: the hosts of RELAYHOST, simpler ways of talking
 *	memory    what a run leaves to the next: how this server is to be talked to
 *	brake     a server that refuses everything
 *	items     which message is whose
 *	confine   before the first byte from it: a fence round who speaks to the network
 *	doubt     on a network file system: what is under way, for another machine
 *	gone      and what was sent, should it come back
 *	session   one connection, as wire.h asks for it
 *	settle    a message's end: remove or keep; one line to the log
 *	returned  refused or too old: keep, or have it bounce
 *	bouncer   bounces, in a process beside the session: queue, sync, and only then remove
 *	remover   unlink, for many messages in processes beside the session
 *	transport another program instead of all that
 *
 * A run has these processes: the parent (root) and its worker (popusr); where something bounces, the parent's bouncer; where
 * there is much to remove, the worker's removers; with -P N the worker has N more, one for each connection. What they all must
 * see is in memory that they share: the counts and the state of each message.
 */
#ifndef FLUSH_INTERNAL_H
#define FLUSH_INTERNAL_H

#include <stdatomic.h>

#include "dialup/attempt.h"
#include "dialup/relayhost.h"
#include "flush/flush.h"
#include "lib/held.h"
#include "lib/mapped.h"
#include "qmail/envelope.h"
#include "qmail/maildir.h"

enum {
	FLUSH_PREFIXES = 4, /* ids that lead to one directory, and are kept in mind */
	FLUSH_BOUNCER = 1 + FLUSH_CONNECTIONS, /* whose tally is the bouncer's */
	FLUSH_TALLIES,
};

enum item_state {
	ITEM_WAITING,
	ITEM_LAST,  /* it waits until the others have gone, then for a session of its own: two have ended under it */
	ITEM_TAKEN, /* a connection has it */
	ITEM_TRIED, /* its session was lost under it: another server may take it, this one is not asked again */
	ITEM_KEPT,  /* deferred: by a word about it, or because it may be there already */
	ITEM_RETURNED, /* the bouncer has it */
	ITEM_GONE,  /* delivered or bounced */
	ITEM_REMOVED, /* and tried to be removed; or taken away by another program */
};

/* What one process has done; the worker's own is the sum in the end. */
struct flush_tally {
	struct attempt last;
	char why[512];  /* how the last session, or the last try to have one, failed; "" if it did not */
	char held[512]; /* how a session ended under its first message */
	char kept[512]; /* why a message stays; the last one */
	bool stuck;     /* of the worker: delivered messages cannot be removed, so nothing more may be sent */
	bool unsynced;  /* of the worker: nor can it be made sure that they stay removed */
	bool unremoved; /* of the worker: some were not handed over to be removed */
	char barred[160]; /* of the worker: why nothing more may be sent from this machine; "": it may */
	bool done;      /* it has come to its end */

	/* Of the worker, for all connections: */
	atomic_uint refused; /* messages, for good, by a server */
	atomic_bool accepted; /* one was */
	atomic_bool braked;  /* no more bounce */
	atomic_uint gone; /* messages that gone.c has noted, in all runs */
	atomic_bool bounces; /* the bouncer was told of one */
};

struct flush {
	struct ctx *ctx;
	const struct conf *conf;
	const struct flush_options *o;
	const char *dir;      /* as it was given */
	char path[PATH_MAX];  /* the same, absolute */
	char prefix[FLUSH_PREFIXES][300]; /* of its recipients, those that are known: "some.example.com-"; "" behind the last */
	struct mapped cdb;    /* users/cdb, closed; p NULL: not usable */
	struct relayhost hosts;
	struct err unsent;    /* code not 0: RELAYHOST names nobody, so mail can only expire */
	long lifetime;
	struct attempt before; /* how the last run ended */
	enum smtp_mode mode;  /* the fastest way of talking that is worth a try */
	struct smtp_looks looks; /* of the server's replies in the last session */
	uint64_t most;        /* messages in a session; 0: as many as there are */
	int strikes;          /* sessions in this way that ended without a word */
	int64_t until;        /* clock_ms() when the run must end; 0: when it is done */
	int new;              /* Maildir/new */
	int tmp;              /* Maildir/tmp, or -1 */
	int lock;             /* RELAYHOST */
	int guard;            /* mail_lock() */
	int stop;             /* signals.h: readable when this process is to stop */
	bool stopping;
	struct flush_session *session; /* the one that the caller has turned; NULL: we connect */
	bool last;                     /* no other host's mail goes over it */
	struct maildir_list list;
	_Atomic unsigned char *item; /* enum item_state of each message of list; shared */
	_Atomic unsigned char *ended; /* sessions that ended under each; shared */
	struct flush_tally *tallies;       /* the worker's, behind it one for each connection, and the bouncer's; shared */
	struct flush_tally *tally;         /* this process' own */
	struct remover *remover;     /* NULL: none */
	int64_t removed;             /* without it, and not synced: clock_ms() of the first; 0: none */
	size_t noted;                /* messages before this one that wait are noted: flush_note() */
	int bouncer;                 /* to it; -1: there is none */
	int bounces;                 /* of the parent: what comes there, until it is started; else -1 */
	pid_t bouncer_pid;
	struct held home;            /* path, open, but for those who deliver */
};

/* lock.c: lock all that must be locked, and see whether mail waits. 0 or -1. */
int flush_lock(struct flush *f, enum flush_ready *ready);

/* prepare.c: path, prefix, hosts, lifetime and mode, as the files say. 0, also without a host (f->unsent), or -1. */
int flush_prepare_path(struct flush *f);
int flush_prepare(struct flush *f);

/*
 * prefix.c: f->prefix[0], as far as it can be known before a message is read. 0 or -1. Then, of a message that begins with head,
 * n bytes: its prefix, or any where it has none of ours.
 */
int flush_find_prefix(struct flush *f);
const char *flush_prefix(struct flush *f, const char *head, size_t n);

/* "DIR/NAME" below the root. */
const char *flush_below(const struct flush *f, const char *name, char *to, size_t size);

/*
 * memory.c: what .qv-status keeps from one run to the next. Ways of talking that did not work, and how many messages a session
 * may have, are tried again after a day.
 */
void flush_recall(struct flush *f);

/* mode in a word, as .qv-status has it. */
const char *flush_mode_word(enum smtp_mode mode);

/* No faster way than mode, because of why. */
void flush_remember_mode(struct flush *f, enum smtp_mode mode, const char *why);

/* What its replies look like, where it was streamed to. */
void flush_remember_looks(struct flush *f, const struct smtp_looks *l);

/* The server takes n messages in a session, no more. */
void flush_remember_most(struct flush *f, uint64_t n);

/* It takes no mail from us as we are: its reply. NULL: it does. */
void flush_remember_wants(struct flush *f, const char *reply);

/* brake.c: did a server refuse so many of the first messages of a run, and accept none? Asked for each that it refuses. */
bool flush_is_braked(struct flush *f, const char *server);

/* It has accepted one. */
void flush_release_brake(struct flush *f);

/* Behind the last session: since when it is on, for .qv-status. */
void flush_note_brake(struct flush *f);

/*
 * crew.c: n processes that each do job(f, k) and end, while this one waits for them and hands SIGTERM on. In each, f->stop is
 * its own, and SIGPIPE is ignored. status (NULL, or n of them): as of wait(2). 0; -1 when none could be started.
 */
int crew_run(struct flush *f, size_t n, void (*job)(struct flush *f, size_t k), int *status);

/* True once SIGTERM, SIGINT or SIGHUP has come; asks f->stop. */
bool flush_told_to_stop(struct flush *f);

/* True when nothing more is to be begun: told to stop, the run's time is up, or what is delivered cannot be removed. */
bool flush_is_over(struct flush *f);

/*
 * items.c: the first message at or behind from that waits, which is ours now; f->list.n: none. flush_take_last(): one that
 * is to be alone in its session, when no other waits.
 */
size_t flush_take_waiting(struct flush *f, size_t from);
size_t flush_take_last(struct flush *f);
bool flush_anything_waits(const struct flush *f);

/* Its session was lost, and it is not in doubt: it waits again. */
enum put_back {
	PUT_BEHIND, /* another message's turn it was */
	PUT_SAME,   /* its own, and the way of talking may be to blame: the next simpler one shows it */
	PUT_BLAMED, /* its own */
};

void flush_put_back(struct flush *f, size_t i, bool alone, enum put_back how);

/* deliver.c: all of it; counts in f->tally. 0; -1: it could not be begun, why is in f->tally->last.result. */
int flush_deliver(struct flush *f);

/*
 * confine.c: from now on this process can read and remove the messages of Maildir/new, talk, and if it connects, connect to
 * the hosts of RELAYHOST; nothing else. What the kernel cannot forbid is said, for -v.
 */
void flush_confine(struct flush *f, bool connects);

/* connect.c: sessions with the hosts of RELAYHOST in turn, until nothing waits or all have been asked. */
void flush_connect(struct flush *f);

/*
 * doubt.c: where other machines may go on, messages are noted in the lock's file before they are sent: i, and so many behind
 * it that wait; with a transport: all. 0; -1: that cannot be done, nothing more may be sent; it is said.
 */
int flush_note(struct flush *f, size_t i, size_t ahead);

/*
 * Warn of what the last run, of whichever machine, has noted and left in new/, and of what was sent and is in new/ again. And: no
 * doubts are left.
 */
void flush_tell_doubts(struct flush *f);
void flush_no_doubts(const struct flush *f);

/* gone.c: where other machines may go on, message i is noted as sent, before it is removed; noted[i] = 1: it was, in an earlier run. */
void flush_note_gone(struct flush *f, size_t i);
void flush_find_gone(struct flush *f, char *noted);

/* session.c: an SMTP session with the server called name, talking in no faster way than mode. */
struct flush_outcome {
	enum smtp_mode mode;      /* the way it talked */
	enum smtp_ending ending;  /* f->tally->why has it in words */
	size_t settled, accepted; /* messages */
	bool ready;               /* mail could be offered */
	bool early;               /* it ended before the server knew more of a message than its sender */
	bool refused;             /* with a refusal as the last word */
	bool starved;             /* by us, while a reply was due for long: -T */
	bool enough;              /* it ended in peace, but the server would take more in another one */
};

/*
 * fd is one socket, or there are two descriptors; NULL without memory. flush_session_run() sends what waits of f and says good-bye;
 * where f is not the last, it comes back with the session open when all is answered, and may be called for another one; where it
 * is shared, also by another child of the process that made the session.
 */
struct flush_session *flush_session_new(int from, int to, const char *name, bool shared);
void flush_session_turned(struct flush_session *s, bool slowly); /* as struct flush_turned */
void flush_session_run(struct flush_session *s, struct flush *f, enum smtp_mode mode, bool last, struct flush_outcome *out);
void flush_session_free(struct flush_session *s);

/* settle.c: a message's end, each with its line in the log. */
void settle_delivered(struct flush *f, size_t i, const char *why);

/* Another program has taken it away: delivered (a transport), or read by somebody. */
void settle_gone(struct flush *f, size_t i, bool delivered);

/* It is past its lifetime. */
bool flush_is_expired(const struct flush *f, size_t i);

/* It stays. */
void settle_kept(struct flush *f, size_t i, const char *why);

/* It was not offered to anybody, for a reason that the summary gives: as settle_kept(), but silent under -q. */
void settle_unasked(struct flush *f, size_t i, const char *why);

/* The same without a line: one is said of all that are left so. */
void settle_left(struct flush *f, size_t i, const char *why);

/* returned.c: refused for good: it bounces, unless it must stay. */
void settle_refused(struct flush *f, size_t i, const char *server, const char *why);

/* It was offered, or no server could be reached: it stays; but when it is past its lifetime, it bounces. */
void settle_deferred(struct flush *f, size_t i, const char *why);

/* settle.c, for bouncer.c: one line of the log; after the 250, or after its bounce: it must not be sent again. */
void settle_say(const struct flush *f, size_t i, const char *word, const char *why, bool failure);
void settle_remove(struct flush *f, size_t i);

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
