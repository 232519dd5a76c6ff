/*
 * dents - the names in a directory, by large reads and without allocating memory.
 *
 *	struct dents d;
 *
 *	dents_begin(&d, fd);
 *	while ((e = dents_next(&d)) != NULL)
 *		...
 *	if (d.failed)	errno says why
 *
 * Reads from fd's position to the end; "." and ".." are skipped. fd remains open.
 */
#ifndef LIB_DENTS_H
#define LIB_DENTS_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The layout of getdents64(2). */
struct dent {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type; /* DT_DIR, DT_UNKNOWN... of <dirent.h> */
	char name[];
};

struct dents {
	int fd;
	bool failed;
	/* private */
	size_t at, n;
	alignas(8) char bytes[16384];
};

/* An initialiser would also clear all of bytes, each time. fd may be -1: that failed. */
void dents_begin(struct dents *d, int fd);

/* Valid until the next call; NULL: the end, or d->failed. */
const struct dent *dents_next(struct dents *d);

#endif
