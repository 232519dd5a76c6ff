/*
 * feed - read lines from memory or from a file; a line may have any length.
 *
 *	struct feed f = feed_fd(fd);
 *	struct feed_line l;
 *
 *	do {
 *		if (feed_next(&f, &l) < 0)	errno
 *			...
 *		l.p, l.n
 *	} while (l.ended);
 *	feed_free(&f);
 *
 * The last line has no newline; it is empty if the text ends with a newline. A file is read 64 KB at a time, so memory
 * use is that and the longest line.
 */
#ifndef LIB_FEED_H
#define LIB_FEED_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

enum { FEED_LINE_MAX = 1 << 30 }; /* bytes */

struct feed_line {
	const char *p; /* valid until the next feed_next() */
	size_t n;      /* without the newline */
	bool ended;    /* it had a newline */
	size_t number; /* from 1 */
};

struct feed {
	size_t number; /* of the last line returned */
	/* private */
	int fd;        /* -1: memory only */
	const char *p; /* not returned yet */
	size_t n;
	struct buf buf;
};

struct feed feed_text(const char *p, size_t n);
struct feed feed_fd(int fd);

/* 0, or -1 with errno; after the end, an empty line without a newline. */
int feed_next(struct feed *f, struct feed_line *l);
void feed_free(struct feed *f);

#endif
