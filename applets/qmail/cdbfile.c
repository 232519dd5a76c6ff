/*
 * cdbfile - a cdb written and read through tinycdb; the only file that uses the library.
 *
 * tinycdb's own guard against files over 4 GiB is incomplete: it counts 8 bytes a record for the hash tables, which
 * take 16, and its sums overflow in the last 8 bytes. So the whole size is counted here, and a record that would
 * exceed it is refused before tinycdb sees it.
 */
#include "qmail/cdbfile.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <cdb.h>

enum {
	HEADER = 2048,     /* 256 tables' positions and lengths */
	RECORD_HEADER = 8, /* key and data length */
	RECORD_SLOTS = 16, /* two hash slots */
};

struct cdbfile {
	struct cdb_make make;
	uint64_t size; /* of the whole file if it were finished now */
};

struct cdbfile *cdbfile_start(int fd)
{
	struct cdbfile *c = malloc(sizeof *c);

	if (c == NULL)
		return NULL;
	c->size = HEADER;
	cdb_make_start(&c->make, fd);
	return c;
}

int cdbfile_add(struct cdbfile *c, const void *key, size_t keylen, const void *data, size_t datalen)
{
	uint64_t size = c->size + RECORD_HEADER + RECORD_SLOTS;

	if (size > UINT32_MAX || keylen > UINT32_MAX - size || datalen > UINT32_MAX - size - keylen) {
		errno = EOVERFLOW;
		return -1;
	}
	c->size = size + keylen + datalen;
	return cdb_make_add(&c->make, key, (unsigned)keylen, data, (unsigned)datalen);
}

int cdbfile_finish(struct cdbfile *c)
{
	int r = cdb_make_finish(&c->make);

	if (r < 0 && errno == ENOENT) /* tinycdb's error when malloc fails */
		errno = ENOMEM;
	free(c);
	return r;
}

void cdbfile_drop(struct cdbfile *c)
{
	if (c == NULL)
		return;
	c->make.cdb_fd = -1; /* tinycdb frees its lists only when it finishes a file: let its writes fail */
	cdb_make_finish(&c->make);
	free(c);
}

int cdbfile_find(int fd, const void *key, size_t keylen, char *to, size_t size)
{
	unsigned n;
	int r = cdb_seek(fd, key, (unsigned)keylen, &n);

	if (r <= 0)
		return r < 0 ? -1 : 1;
	if (n >= size) {
		errno = EOVERFLOW;
		return -1;
	}
	if (cdb_bread(fd, to, (int)n) < 0)
		return -1;
	to[n] = '\0';
	return 0;
}

int cdbfile_get(int fd, const void *key, size_t keylen, struct buf *to)
{
	unsigned n;
	int r = cdb_seek(fd, key, (unsigned)keylen, &n);
	char *p;

	if (r <= 0)
		return r < 0 ? -1 : 1;
	p = buf_room(to, n);
	if (p == NULL) {
		errno = ENOMEM;
		return -1;
	}
	if (cdb_bread(fd, p, (int)n) < 0)
		return -1;
	to->len += n;
	return 0;
}

int cdbfile_ask(const struct cdbfile_view *v, const void *key, size_t keylen, struct buf *to)
{
	struct cdb c = {.cdb_fd = v->fd, .cdb_fsize = (unsigned)v->n, .cdb_mem = v->p};
	int r;

	if (v->p == NULL)
		return cdbfile_get(v->fd, key, keylen, to);
	errno = EPROTO;
	if (v->n < HEADER || v->n > UINT32_MAX)
		return -1;
	c.cdb_dend = cdb_unpack(v->p); /* the records end where the first table begins */
	if (c.cdb_dend < HEADER || c.cdb_dend > c.cdb_fsize)
		return -1;
	r = cdb_find(&c, key, (unsigned)keylen);
	if (r <= 0)
		return r < 0 ? -1 : 1;
	buf_add(to, cdb_getdata(&c), cdb_datalen(&c));
	errno = ENOMEM;
	return buf_failed(to) ? -1 : 0;
}
