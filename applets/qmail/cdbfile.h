/*
 * cdbfile - a cdb (cdb(5)), written and read: records in the order they are added, with duplicates.
 *
 *	struct cdbfile *c = cdbfile_start(fd);		NULL: errno
 *
 *	if (c == NULL || cdbfile_add(c, key, keylen, data, datalen) < 0)
 *		...
 *	cdbfile_finish(c)  or  cdbfile_drop(c)
 *
 * The bytes are those of D. J. Bernstein's cdb_make. Memory is 8 to 16 bytes a record, and at the end 8 more.
 */
#ifndef QMAIL_CDBFILE_H
#define QMAIL_CDBFILE_H

#include <stddef.h>

#include "lib/buf.h"

struct cdbfile;

/* fd is empty and seekable; it stays open, and nothing is synced. */
struct cdbfile *cdbfile_start(int fd);

/*
 * 0, or -1 with errno: EOVERFLOW where the file would exceed the format's 4 GiB, else that of write(2) or malloc(3). What is
 * added may be written later.
 */
int cdbfile_add(struct cdbfile *c, const void *key, size_t keylen, const void *data, size_t datalen);

/* Both free c. cdbfile_drop() accepts NULL. */
int cdbfile_finish(struct cdbfile *c);
void cdbfile_drop(struct cdbfile *c);

/*
 * Copy the data of the first record with this key to to, followed by a NUL. 0; 1: no such record; -1 with errno:
 * EOVERFLOW for more than size - 1 bytes. fd is a complete cdb; its file offset changes.
 */
int cdbfile_find(int fd, const void *key, size_t keylen, char *to, size_t size);

/* The same for data of any length, appended to to. */
int cdbfile_get(int fd, const void *key, size_t keylen, struct buf *to);

/* A complete cdb, in memory if it was mapped (lib/mapped.h): then it is asked without system calls. */
struct cdbfile_view {
	int fd;
	const void *p; /* n bytes; NULL: read fd */
	size_t n;
};

/* As cdbfile_get(); EPROTO: not a cdb, or a damaged one. */
int cdbfile_ask(const struct cdbfile_view *v, const void *key, size_t keylen, struct buf *to);

#endif
