/*
 * progress - a line on a terminal while something takes long: how much is done, of how much, and the time left.
 *
 *	struct progress p;
 *
 *	progress_begin(&p, ctx, 1000, 2);	a thousand things, each in two rounds
 *	progress_made(&p);			two thousand times
 *	progress_end(&p);			the line is removed; also where the rest is not done
 *
 * Nothing is printed where stderr is not a terminal, or with -q.
 */
#ifndef LIB_PROGRESS_H
#define LIB_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/ctx.h"

struct progress {
	/* private */
	const struct ctx *ctx;
	bool shown;
	size_t done, total, rounds;
	int64_t began, printed; /* clock_ms() */
};

void progress_begin(struct progress *p, const struct ctx *ctx, size_t total, size_t rounds);
void progress_made(struct progress *p);
void progress_end(struct progress *p);

#endif
