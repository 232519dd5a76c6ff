/*
 * remover - unlinks what was delivered, in a process beside the sessions: removing a synced file takes longer than all else
 * that is done for a small message, and the line need not wait for it.
 *
 * A crash at any moment repeats a message at worst: what was handed over is removed even when the sessions die, and the
 * customer's lock is held until it is.
 */
#ifndef FLUSH_REMOVER_H
#define FLUSH_REMOVER_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

#include "flush/flush.h"

struct remover {
	pid_t pid;
	int pipe;            /* names, each with its NUL; several processes may write */
	size_t n;
	char name[PIPE_BUF]; /* those not handed over yet: one write(2) for many, and never one torn in two */
};

/* 0, or -1 with errno: then f->remover stays NULL, and messages are removed at once. */
int remover_start(struct flush *f, struct remover *r);

/* Message i is to go; handed over at the next remover_push(), which every wait for the network begins with. */
void remover_add(struct flush *f, size_t i);
void remover_push(struct flush *f);

/* By the process that started it: all is removed and on disk. crashed: some names may never have been handed over. */
void remover_end(struct flush *f, bool crashed);

#endif
