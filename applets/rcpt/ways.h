/*
 * ways - who asks whether an address exists, and how he is answered: qmail-smtpd, by its RCPTCHECK patch or qmail-spp; s/qmail's
 * and indimail's control/recipients; a person.
 */
#ifndef RCPT_WAYS_H
#define RCPT_WAYS_H

#include "lib/ctx.h"

enum rcpt_way {
	RCPT_BY_HAND,
	RCPT_BY_RCPTCHECK, /* RECIPIENT; the exit code, and a reply on descriptor 4 with USE_FD4 */
	RCPT_BY_SPP,       /* SMTPRCPTTO; a line on stdout */
	RCPT_BY_FD3,       /* checkpassword's form; the exit code */
	RCPT_BY_QUEUE,     /* see queue.h */
};

enum { RCPT_FD3_MAX = 1100 /* bytes on descriptor 3 */ };

/* Read ADDRESS NUL NUL NUL from descriptor 3: to is the address. 0, or -1 with ctx->err. */
int rcpt_fd3(struct ctx *ctx, char to[RCPT_FD3_MAX]);

/*
 * Answer one question as qmaild; RCPT_BY_QUEUE is none. fd3: what rcpt_fd3() read; address: those that were typed, up to a NULL.
 * The exit code, or -1 with ctx->err.
 */
int rcpt_answer(struct ctx *ctx, enum rcpt_way way, const char *fd3, char **address);

#endif
