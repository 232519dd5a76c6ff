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
	const char *intro;                       /* the first paragraph's end and the line above the copy */
	const char *copy;
};

/* sender as in struct envelope. Pure. */
void bounce_route(const struct conf *conf, const char *sender, struct bounce_route *r);

/* All that stands above the copy of the message: header, intro, <recipient>: and the report, made printable. Pure. */
void bounce_text(struct buf *b, const struct conf *conf, const struct bounce_route *r, const struct envelope *e,
                 const char *report, time_t now);

/*
 * Queue the bounce for the message that fd holds (read from its beginning). Runs bin/qmail-queue of the qmail home as the
 * calling user. 0 it is in the queue or was to be dropped; -1: it is not, and the message must stay.
 */
int bounce_send(struct ctx *ctx, const struct conf *conf, const struct envelope *e, const char *report, int fd);

#endif
