/*
 * bounce - return undeliverable mail in QSBMF, as qmail-send(8) writes it, through qmail-queue(8).
 *
 * A bounce has the null sender. A bounce that cannot be sent becomes a double bounce, sent to doublebounceto; a double
 * bounce that cannot be sent is dropped.
 */
#ifndef QMAIL_BOUNCE_H
#define QMAIL_BOUNCE_H

#include <time.h>

#include "lib/buf.h"
#include "qmail/conf.h"
#include "qmail/envelope.h"

/* The addressing of a bounce, which depends on the sender of the message that could not be sent. */
struct bounce_route {
	const char *from;                        /* "" or "#@[]" */
	char to[2 * ENVELOPE_ADDRESS_MAX];       /* "": the message is dropped */
	const char *program;                     /* the name it signs with: "qvmail delivery" */
	const char *intro;                       /* the first paragraph's end and the line above the copy */
	const char *copy;
	const char *notice;                      /* a separate line after the report, or "" */
};

/* sender as in struct envelope. Every member except from and to may be replaced before bounce_text(). Pure. */
void bounce_route(const struct conf *conf, const char *sender, struct bounce_route *r);

/* All text above the copy of the message: header, intro, "<recipient>:" and the report, made printable. Pure. */
void bounce_text(struct buf *b, const struct conf *conf, const struct bounce_route *r, const struct envelope *e,
                 const char *report, time_t now);

/*
 * Queue the text of bounce_text() and a copy of the message in fd (read from its start), addressed to r->to. Runs
 * bin/qmail-queue of the qmail home as the calling user. Returns its pid, by which qmail's log names the bounce, or
 * -1: the bounce was not queued, and the message must be kept.
 */
pid_t bounce_queue(struct ctx *ctx, const struct conf *conf, const struct bounce_route *r, const struct envelope *e,
                   const char *report, int fd);

/*
 * qmail-queue(8) syncs its files but no directory, and removing the message may reach the disk before the bounce's name in
 * queue/todo does: always where the two are on different file systems, and where directories are synced one by one (btrfs). So
 * this comes between them, once for all that was queued before it. -1: the bounces may be lost in a power cut.
 */
int bounce_sync(struct ctx *ctx);

/* Route and queue in one step. 0: queued, or dropped as a double bounce that failed; -1 as above. */
int bounce_send(struct ctx *ctx, const struct conf *conf, const struct envelope *e, const char *report, int fd);

#endif
