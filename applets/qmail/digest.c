/* digest - a text, line by line, into a cdb. */
#include "qmail/digest.h"

#include <errno.h>

#include "qmail/cdbfile.h"

static int unable_to_write(struct digest *d)
{
	if (errno == EOVERFLOW)
		return digest_bad(d, "with this line the cdb would exceed 4 GiB, the limit of its format; remove lines");
	return err_sys(&d->ctx->err, "unable to write the cdb of %s%s", d->ctx->root, d->name);
}

int digest_begin(struct digest *d, int fd)
{
	d->cdb = cdbfile_start(fd);
	return d->cdb == NULL ? unable_to_write(d) : 0;
}

int digest_line(struct digest *d, struct feed_line *l)
{
	if (feed_next(&d->feed, l) < 0)
		return err_sys(&d->ctx->err, "unable to read %s%s", d->ctx->root, d->name);
	return 0;
}

int digest_add(struct digest *d, const char *key, size_t keylen, const char *data, size_t datalen)
{
	return cdbfile_add(d->cdb, key, keylen, data, datalen) < 0 ? unable_to_write(d) : 0;
}

int digest_bad(struct digest *d, const char *why)
{
	return err_perm(&d->ctx->err, "%s%s:%zu: %s", d->ctx->root, d->name, d->feed.number, why);
}

int digest_end(struct digest *d, int r)
{
	feed_free(&d->feed);
	if (r < 0) {
		cdbfile_drop(d->cdb);
		return -1;
	}
	return cdbfile_finish(d->cdb) < 0 ? unable_to_write(d) : 0;
}
