/*
 * wire - one SMTP session over descriptors: pumps between the engine of smtp/, the server and the file in hand.
 *
 * The caller has the messages; it is asked for them and told their verdicts by calls that get its own pointer. Both ways are
 * served at once: a server that does not read until its replies are read must not stop us, nor we it. What the server said
 * before it went away counts, so it is read before the connection is called lost.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <sys/types.h>

#include "smtp/smtp.h"

enum { WIRE_PIECE = 32768 /* bytes read from a message at once */ };

struct wire_calls {
	/*
	 * The engine has room for a message: its first bytes into wire->piece, wire_hand() and smtp_mail(); or smtp_quit(). False: there may
	 * be one later, when wire->other is readable (smtp_rest() was called).
	 */
	bool (*offer)(void *caller);

	/* The bytes of message id cannot be read to their end, because of why: smtp_abort() with that in a sentence. */
	void (*unreadable)(void *caller, size_t id, const char *why);

	void (*verdict)(void *caller, const struct smtp_message *m);

	/* Before each wait. False: do not wait; the engine was told something. NULL: nothing is to be done. */
	bool (*waits)(void *caller);

	/* wire->brief was set, and nothing has happened for a moment: what was put off is to be done. NULL: it is never set. */
	void (*idles)(void *caller);

	/* wire->other is readable. */
	void (*woken)(void *caller);

	/* Nothing has happened for smtp_patience(), or wire->until has come: smtp_silent() or smtp_leave(). */
	void (*silent)(void *caller);

	/* The connection broke at a "read", "write" or "poll"; errnum 0: the server closed it. smtp_lost(). */
	void (*lost)(void *caller, const char *verb, int errnum);
};

struct wire {
	int other;     /* what else is waited for; -1: nothing */
	int64_t until; /* clock_ms() when it must end; 0: when it is done */
	bool over;     /* the caller wants no more of it */
	bool brief;    /* the next wait is at first a brief one: something was put off */
	bool slowly;   /* a line a write, the next when it was read: then a TLS wrapper makes a record of each */
	int64_t heard; /* clock_ms() when the server last said something */

	/* private */
	const struct wire_calls *calls;
	void *caller;
	int from, to;
	int64_t said; /* clock_ms() of the last write */
	bool silent;  /* nothing was written since the last read */

	/* The message in hand: the engine asks for no other before it has all of it. */
	int fd;      /* -1: none */
	off_t size, read; /* bytes of it, and of these read */
	size_t at, n;     /* how much of piece is said, of how much */
	char piece[WIRE_PIECE];

	struct smtp smtp; /* the last: most of it is never touched */
};

/* from, to: the server, non-blocking; one socket, or two pipes (then SIGPIPE is to be ignored). smtp is started by the caller. */
void wire_start(struct wire *w, const struct wire_calls *calls, void *caller, int from, int to);

/* Until the engine has closed the session, or wire->over. */
void wire_run(struct wire *w);

/* The message that is offered is open at fd, ours from now on, and size bytes long; n are in piece, the first at of them are not sent. */
void wire_hand(struct wire *w, int fd, off_t size, size_t n, size_t at);

#endif
