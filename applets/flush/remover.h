/*
 * remover - unlinks what was delivered, in processes beside the sessions: removing a file that was synced takes longer than
 * all else that is done for a small message, most of it waiting for the disk, and the line need not wait for it. To start them
 * takes longer still, so a few messages are removed by who sends them.
 *
 * A crash at any moment repeats a message at worst: what was handed over is removed even when the sessions die, and so is, at
 * last, what is called delivered in the memory that they share; the customer's lock is held until it is.
 *
 * A power cut repeats what was delivered and is not removed on the disk. So that unlinks of no more than a window wait for a
 * sync, whatever the number of connections, each needs a token, and there are so many of them. What a session has not handed
 * over yet, or not heard a reply to, comes on top. The tokens go round in three pipes:
 *
 *	room      to the sessions: each takes a token for each message that it hands over
 *	removers  to those that unlink
 *	syncer    to the one that syncs the directory, for many at once, and puts their tokens back into room
 */
#ifndef FLUSH_REMOVER_H
#define FLUSH_REMOVER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "flush/internal.h"

enum {
	REMOVERS = 8,       /* processes that unlink, for many messages */
	REMOVER_BATCH = 32, /* messages handed over at once, at most; in a brief wait not fewer than */
	REMOVER_FEW = 8,
	REMOVER_SIZE = 32,  /* bytes each takes in the pipe */
};

/*
 * A message on its way through the pipe, which holds one page of them: so many, 128, wait at most, and were all processes
 * killed at once, no more would be sent again. Whoever writes and whoever reads does so in whole ones.
 */
union removal {
	uint32_t item;
	char size[REMOVER_SIZE];
};

struct remover {
	pid_t pid[1 + REMOVERS]; /* the syncer, and those that unlink */
	size_t started;
	int pipe, room;
	size_t tokens; /* that this process has taken already */
	size_t n;
	union removal batch[REMOVER_BATCH]; /* not handed over yet */
};

/*
 * Behind the listing. 0; or -1 with errno. Where f->remover stays NULL, for that reason or as there are few messages, they are
 * removed at once, and synced at remover_push().
 */
int remover_start(struct flush *f, struct remover *r);

/* Message i is to go; handed over at the next remover_push(), which every wait for the network begins with, unless it is brief. */
void remover_add(struct flush *f, size_t i);
bool remover_may_hold(const struct flush *f);
void remover_push(struct flush *f);

/* By the process that started it, or where there is none: all is removed and on disk, or f->tallies[0] says what is not. crashed: some may never have been handed over. */
void remover_end(struct flush *f, bool crashed);

#endif
