/*
 * last - how the last attempt for a dial-up host ended: its .qv-status file.
 *
 * Lines "KEY VALUE": time (seconds since the epoch), result (words), delivered, deferred, bounced (counts), mode.
 */
#ifndef QMAIL_LAST_H
#define QMAIL_LAST_H

#include <stdbool.h>
#include <time.h>

#include "lib/ctx.h"

#define LAST_FILE ".qv-status"

struct last {
	time_t time; /* when it ended; 0: there was no attempt yet */
	long delivered, deferred, bounced;
	char mode[16];    /* "grouped", "" when no session was held */
	char result[400]; /* "ok", or why not; one line */
};

/* dir: the customer's directory. A missing file is no attempt; one that cannot be read too, and worth a warning. */
void last_read(struct ctx *ctx, const char *dir, struct last *l);

/* Replaced atomically. */
int last_write(struct ctx *ctx, const char *dir, const struct last *l);

#endif
