/*
 * half - a long list, its second half by another process beside this one.
 *
 *	struct half h;
 *
 *	if (!half_begin(&h, n)) {
 *		... all of the list
 *	} else if (h.pid == 0) {
 *		... the second half
 *		half_put(&h, p, n);		what is to be known of it, as often as need be
 *		half_end(&h, well);		does not return
 *	} else {
 *		... the first half
 *		if (!half_is_done(&h))
 *			... the second half, as the other process was not well
 *		half_get(&h, p, n);		else: what was put; with h.failed not all of it
 *		half_free(&h);
 *	}
 *
 * The other process has all that this one had when it began, and nothing that either does then is seen by the other.
 */
#ifndef LIB_HALF_H
#define LIB_HALF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/buf.h"

struct half {
	pid_t pid; /* 0: this is the other process */
	bool failed;
	/* private */
	int fd;
	size_t at, n;
	char piece[16384];
};

/* False: of n that is not worth it, there is one CPU, or there can be no other process. */
bool half_begin(struct half *h, size_t n);

void half_put(struct half *h, const void *p, size_t n);
_Noreturn void half_end(struct half *h, bool well);

/* Waits for the other process. True: it was well, and all that it put is there. */
bool half_is_done(struct half *h);

/* The next n bytes, or zeros and h->failed if so many cannot be read; half_text(): behind what is in a buffer. */
void half_get(struct half *h, void *to, size_t n);
void half_text(struct half *h, struct buf *to, size_t n);
void half_free(struct half *h);

#endif
