/*
 * remover - unlinks what was delivered, in processes beside the sessions: removing a file that was synced takes longer than
 * all else that is done for a small message, most of it waiting for the disk, and the line need not wait for it.
 *
 * A crash at any moment repeats a message at worst: what was handed over is removed even when the sessions die, and the
 * customer's lock is held until it is.
 */
#ifndef FLUSH_REMOVER_H
#define FLUSH_REMOVER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "flush/internal.h"

enum {
	REMOVERS = 8,       /* processes, for many messages */
	REMOVER_BATCH = 32, /* messages handed over at once */
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
	pid_t pid[REMOVERS];
	size_t started;
	int pipe;
	size_t n;
	union removal todo[REMOVER_BATCH]; /* not handed over yet */
};

/* Behind the listing. 0, or -1 with errno: then f->remover stays NULL, and messages are removed at once. */
int remover_start(struct flush *f, struct remover *r);

/* Message i is to go; handed over at the next remover_push(), which every wait for the network begins with. */
void remover_add(struct flush *f, size_t i);
void remover_push(struct flush *f);

/* By the process that started it: all is removed and on disk. crashed: some may never have been handed over. */
void remover_end(struct flush *f, bool crashed);

#endif
