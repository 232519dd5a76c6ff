/*
 * morercpthosts - control/morercpthosts as a cdb.
 *
 * Each line is a key, in lower case and without trailing blanks; the data are empty. Empty lines and lines that
 * begin with '#' are skipped. Leading blanks are kept, so that the entry matches nothing, as with qmail-newmrh.
 */
#include "qmail/morercpthosts.h"

#include "qmail/digest.h"
#include "qmail/names.h"

static size_t trimmed(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return n;
}

static int add(struct digest *d, struct buf *key, const char *p, size_t n)
{
	n = trimmed(p, n);
	if (n == 0 || p[0] == '#')
		return 0;
	key->len = 0;
	buf_add(key, p, n);
	if (buf_failed(key))
		return err_temp(&d->ctx->err, "out of memory");
	for (size_t i = 0; i < n; i++)
		key->p[i] = name_fold(key->p[i]);
	return digest_add(d, key->p, n, "", 0);
}

static int digest(struct ctx *ctx, const char *name, struct feed feed, int fd)
{
	struct digest d = {.ctx = ctx, .name = name, .feed = feed};
	struct buf key = BUF(FEED_LINE_MAX);
	struct feed_line l = {.ended = true};
	int r = digest_begin(&d, fd);

	while (r == 0 && l.ended) {
		r = digest_line(&d, &l);
		if (r == 0)
			r = add(&d, &key, l.p, l.n);
	}
	buf_free(&key);
	return digest_end(&d, r);
}

int morercpthosts_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd)
{
	return digest(ctx, name, feed_text(text, n), fd);
}

int morercpthosts_digest_fd(struct ctx *ctx, const char *name, int from, int fd)
{
	return digest(ctx, name, feed_fd(from), fd);
}
