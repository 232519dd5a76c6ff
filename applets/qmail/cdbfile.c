/* cdbfile - a cdb read through tinycdb; the only file that uses the library. */
#include "qmail/cdbfile.h"

#include <errno.h>
#include <stdint.h>
#include <cdb.h>

enum { HEADER = 2048 }; /* 256 tables' positions and lengths */

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
