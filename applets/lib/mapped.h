/*
 * mapped - a file to look something up in, without reading all of it: three system calls, open, fstat and mmap.
 *
 * The file stays open, so that one that cannot be mapped (a limit on memory, as softlimit sets it) can still be read. It
 * must be replaced by rename(2), as qmail's own programs do, and not be cut short in place.
 */
#ifndef LIB_MAPPED_H
#define LIB_MAPPED_H

#include <sys/stat.h>

#include "lib/ctx.h"

struct mapped {
	int fd;        /* -1: not open */
	const char *p; /* n bytes; NULL: empty, or not mapped */
	size_t n;
	struct stat st;
};

enum mapped_use {
	MAPPED_ASKED, /* a few pages of it are needed */
	MAPPED_READ,  /* all of it: the kernel maps it at once */
};

/*
 * path is absolute, below ctx->root; links are followed. Never waits for a FIFO. 0; or an errno: EISDIR and EINVAL: not a
 * regular file; ENOMEM: it is open, but not mapped. mapped_close() in any case.
 */
int mapped_open(const struct ctx *ctx, const char *path, enum mapped_use use, struct mapped *m);

/* The same for a name in an open directory; a symlink is an ELOOP. */
int mapped_open_at(int dir, const char *name, enum mapped_use use, struct mapped *m);

/* The same for a copy of a descriptor. */
int mapped_fd(int fd, enum mapped_use use, struct mapped *m);
void mapped_close(struct mapped *m);

#endif
