/*
 * bouncer - hands bounces to qmail-queue, in a process beside the sessions: behind their fence (lib/fence.h) no setuid program
 * can be started, and they need not wait for qmail-queue, nor for the disk. The run's parent starts it for the first bounce;
 * it is told through a socket what the sessions have read, and parses nothing itself.
 *
 * A message is removed when its bounce is on the disk. Should the bouncer die, its messages stay, and bounce again at the
 * next run.
 */
#ifndef FLUSH_BOUNCER_H
#define FLUSH_BOUNCER_H

#include "flush/internal.h"

/*
 * By the parent, before there is a worker, and behind it; where the first one fails, what is handed over stays, with the reason.
 * Between the two: bouncer_start() when f->bounces is readable.
 */
void bouncer_open(struct flush *f);
void bouncer_start(struct flush *f);
void bouncer_close(struct flush *f);

/* By the worker, first of all. */
void bouncer_is_far(struct flush *f);

/* Message i bounces, and is removed; or it stays. e: its envelope; why: for the log, and behind intro for its sender. */
void bouncer_hand(struct flush *f, size_t i, const struct envelope *e, const char *intro, const char *why);

/*
 * By the worker, when the sessions have ended: all is done, or what is not stays and is said. True: it crashed, so that some of
 * what it settled may not be removed.
 */
bool bouncer_end(struct flush *f);

#endif
