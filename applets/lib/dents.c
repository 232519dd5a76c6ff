/* dents - the names in a directory. readdir(3) would allocate memory and call fstat(2) for each directory. */
#include "lib/dents.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void dents_begin(struct dents *d, int fd)
{
	d->fd = fd;
	d->failed = false;
	d->at = d->n = 0;
}

static bool read_more(struct dents *d)
{
	long n = syscall(SYS_getdents64, d->fd, d->bytes, sizeof d->bytes);

	d->failed = n < 0;
	d->at = 0;
	d->n = n > 0 ? (size_t)n : 0;
	return n > 0;
}

const struct dent *dents_next(struct dents *d)
{
	const struct dent *e;

	while (d->at < d->n || read_more(d)) {
		e = (const void *)(d->bytes + d->at);
		d->at += e->length;
		if (strcmp(e->name, ".") != 0 && strcmp(e->name, "..") != 0)
			return e;
	}
	return NULL;
}
