/*
 * attempt - how the last attempt for a dial-up host ended: its .qv-status file.
 *
 * Lines "KEY VALUE"; KEY is the field's name below. A number that is 0 and a word that is empty need no line.
 */
#ifndef DIALUP_ATTEMPT_H
#define DIALUP_ATTEMPT_H

#include "lib/ctx.h"

#define ATTEMPT_FILE ".qv-status"

/* Seconds for which limit and most hold: then it is tried again. */
enum { ATTEMPT_MEMORY = 86400 };

struct attempt {
	long long time;         /* when it ended, seconds since the epoch; 0: there was no attempt yet */
	long long milliseconds; /* how long it took */
	long long delivered, deferred, bounced;
	long long bytes;        /* of the delivered ones */
	long long unsendable;   /* of the deferred ones: no server was asked, for it has no envelope or cannot be read */
	long long late;         /* of the deferred ones: older than control/qv-warn */
	char mode[16];          /* of the last session: "lock-step", "pipelined", "grouped", "streaming"; "": there was none */
	char limit[16];         /* a faster way does not work with this server; "": none is known */
	long long limited;      /* when that was found out, seconds since the epoch */
	char reason[200];       /* and how */
	long long most;         /* messages that it takes in a session; 0: no limit is known */
	long long counted;      /* when that was found out */
	long long braked;       /* since when refused mail is not bounced, as the server accepts nothing; 0: it is */
	long long wanted;       /* since when it takes no mail from us as we are; 0: it does */
	char wants[200];        /* and what it wants: its reply, and "it wants TLS" or the like */
	char result[400];       /* "ok", or why not; one line */
};

/* dir: the customer's directory. A missing file is no attempt; one that cannot be read too, and worth a warning. */
void attempt_read(struct ctx *ctx, const char *dir, struct attempt *l);

/* Replaced atomically. */
int attempt_write(struct ctx *ctx, const char *dir, const struct attempt *l);

#endif
