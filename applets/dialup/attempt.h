/*
 * attempt - how the last attempt for a dial-up host ended: its .qv-status file.
 *
 * Lines "KEY VALUE"; KEY is the member's name below. A zero number and an empty word need no line. Behind them what is
 * kept from run to run (past.h).
 */
#ifndef DIALUP_ATTEMPT_H
#define DIALUP_ATTEMPT_H

#include "dialup/past.h"
#include "lib/buf.h"
#include "lib/ctx.h"

#define ATTEMPT_FILE ".qv-status"

/* Seconds for which limit and most are valid; afterwards the server is tested again. */
enum { ATTEMPT_MEMORY = 86400 };

struct attempt {
	long long time;         /* when it ended, seconds since the epoch; 0: no attempt yet */
	long long milliseconds; /* how long it took */
	long long delivered, deferred, bounced;
	long long bytes;        /* of the delivered ones */
	long long unsendable;   /* of the deferred ones: without an envelope or unreadable, so that no server was asked */
	long long late;         /* of the deferred ones: older than control/qv-warn */
	char mode[16];          /* of the last session: "lock-step", "pipelined", "grouped", "streaming"; "": no session */
	char limit[16];         /* the mode this server is limited to, as a faster one fails; "": no limit known */
	long long limited;      /* when the limit was found, seconds since the epoch */
	char reason[200];       /* and the reason */
	long long most;         /* messages that the server accepts in a session; 0: no limit known */
	long long counted;      /* when that was found */
	char looks[40];         /* of its replies, if it was streamed to (smtp.h): two numbers; "": it was not */
	long long braked;       /* since when refused mail is kept because the server accepts nothing; 0: it bounces */
	long long wanted;       /* since when the server demands TLS, a login or the like; 0: it does not */
	char wants[200];        /* and its demand: its reply, and "it wants TLS" or the like */
	char result[400];       /* "ok", or the reason; one line */
	struct past past;       /* this attempt included */
};

/* The file's text, which is changed; and back. Pure. */
void attempt_parse(char *text, struct attempt *l);
void attempt_print(const struct attempt *l, struct buf *b);

/* dir: the customer's directory. A missing file means no attempt; so does an unreadable one, with a warning. */
void attempt_read(struct ctx *ctx, const char *dir, struct attempt *l);

/* It left mail behind, or could not be made. */
bool attempt_failed(const struct attempt *l);

/* Set l->past: what was before, and this attempt. */
void attempt_count(struct attempt *l, const struct past *before);

/* Replaced atomically. */
int attempt_write(struct ctx *ctx, const char *dir, const struct attempt *l);

#endif
