/*
 * wake - tell the running qv-master whose mail to send now: a FIFO below serialmail, a host's name a line.
 *
 * A FIFO, because to open it for writing succeeds only while somebody reads it: who calls knows at once whether a master stays,
 * without a pid, /proc or a signal to what may be another process by now. Each name is one write(2), so they never mix. The directory
 * is root's: only root and popusr can write into it, nobody can put another one in its place.
 */
#ifndef DIALUP_WAKE_H
#define DIALUP_WAKE_H

#include "qmail/conf.h"

#define WAKE_FILE ".qv-wake"

/* The master's end. */
struct wake {
	int fd; /* readable when somebody was called for; -1: none */
	/* private */
	size_t n;
	char buf[512];
};

/* Make the FIFO if need be, and open it. 0 or -1; w->fd is -1 then. */
int wake_open(struct ctx *ctx, const struct conf *conf, struct wake *w);
void wake_close(struct wake *w);

/* The next name, valid until the next call; NULL: none now. */
const char *wake_next(struct wake *w);

/* The other end. 0; 1: no master stays; -1 */
int wake_send(struct ctx *ctx, const struct conf *conf, const char *host);

#endif
