/*
 * bouncer - hands bounces to qmail-queue, in a process beside the sessions. It is started before they raise their fence
 * (lib/fence.h), behind which no setuid program can be started, and is told through a pipe what they have read: it parses
 * nothing itself. The session need not wait for qmail-queue, nor for the disk.
 *
 * A message is removed when its bounce is on the disk. Should the bouncer die, its messages stay, and bounce again at the
 * next run.
 */
#ifndef FLUSH_BOUNCER_H
#define FLUSH_BOUNCER_H

#include "flush/internal.h"

/* Behind remover_start(), before the sessions. Where it fails, what is handed over stays, with the reason. */
void bouncer_start(struct flush *f);

/* Message i bounces, and is removed; or it stays. e: its envelope; why: for the log, and behind intro for its sender. */
void bouncer_hand(struct flush *f, size_t i, const struct envelope *e, const char *intro, const char *why);

/*
 * By the process that started it, when the sessions have ended: all is done, or what is not stays and is said. True: it crashed,
 * so that some of what it settled may not have been handed over to be removed.
 */
bool bouncer_end(struct flush *f);

#endif
