/*
 * dents - the names in a directory, by large reads and without memory of its own.
 *
 *	struct dents d = {.fd = fd};
 *
 *	while ((e = dents_next(&d)) != NULL)
 *		...
 *	if (d.failed)	errno says why
 *
 * Reads from where fd stands, to its end; "." and ".." are passed over. fd stays open.
 */
#ifndef LIB_DENTS_H
#define LIB_DENTS_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As getdents64(2) has it. */
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

/* Until the next call; NULL: that was all, or d->failed. */
const struct dent *dents_next(struct dents *d);

#endif
