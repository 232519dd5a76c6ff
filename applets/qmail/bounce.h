/*
 * bounce - mail that could not be sent goes back, in QSBMF as qmail-send(8) writes it, through qmail-queue(8).
 *
 * Its sender is the null sender; a bounce that cannot be sent is a double bounce and goes to doublebounceto; a double
 * bounce that cannot be sent is dropped.
 */
#ifndef QMAIL_BOUNCE_H
#define QMAIL_BOUNCE_H

#include <time.h>

#include "lib/buf.h"
#include "qmail/conf.h"
#include "qmail/envelope.h"

/* Where a bounce goes, by the sender of the message that could not be sent. */
struct bounce_route {
	const char *from;                        /* "" or "#@[]" */
	char to[2 * ENVELOPE_ADDRESS_MAX];       /* "" : nobody, the message is dropped */
	const char *program;                     /* who writes: "qvmail delivery" */
	const char *intro;                       /* the first paragraph's end and the line above the copy */
	const char *copy;
	const char *notice;                      /* a line of its own behind the report, or "" */
};

/* sender as in struct envelope. What it fills in may be replaced before bounce_text(), all but from and to. Pure. */
void bounce_route(const struct conf *conf, const char *sender, struct bounce_route *r);

/* All that stands above the copy of the message: header, intro, <recipient>: and the report, made printable. Pure. */
void bounce_text(struct buf *b, const struct conf *conf, const struct bounce_route *r, const struct envelope *e,
                 const char *report, time_t now);

/*
 * Queue what bounce_text() writes and a copy of the message that fd holds (read from its beginning), to r->to. Runs
 * bin/qmail-queue of the qmail home as the calling user. Its pid, which is the queue's name for the bounce; -1: it is
 * not in the queue, and the message must stay.
 */
pid_t bounce_queue(struct ctx *ctx, const struct conf *conf, const struct bounce_route *r, const struct envelope *e,
                   const char *report, int fd);

/* Route and queue in one. 0: it is in the queue or was to be dropped; -1 as above. */
int bounce_send(struct ctx *ctx, const struct conf *conf, const struct envelope *e, const char *report, int fd);

#endif
