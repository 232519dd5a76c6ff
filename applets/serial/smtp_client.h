/*
 * smtp_client - files across SMTP: names come in, verdicts go out, by the protocol that serial.h explains.
 *
 * One session over two descriptors, which may be one socket or two pipes. Names are asked for as the session goes on,
 * so whoever writes them may wait for a verdict before it names the next file.
 */
#ifndef SERIAL_SMTP_CLIENT_H
#define SERIAL_SMTP_CLIENT_H

#include "lib/ctx.h"

struct serialsmtp {
	int from_server, to_server;
	int names, verdicts;
	const char *prefix; /* taken off the recipients */
	const char *helo;   /* our name */
	const char *remote; /* the server's address, for the verdicts' texts; NULL: unknown */
};

/*
 * 0: every file that was named has its verdict, and the server had its QUIT; -1: the session ended before, and what has no
 * verdict was not sent, or not to its end. Makes the server's descriptors non-blocking, ignores SIGPIPE.
 */
int serialsmtp_run(struct ctx *ctx, const struct serialsmtp *o);

#endif
