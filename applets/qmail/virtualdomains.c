/* virtualdomains - an index of a large control/virtualdomains. */
#include "qmail/virtualdomains.h"

#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/find.h"
#include "qmail/constmap.h"
#include "qmail/names.h"
#include "qmail/rcpt.h"

enum { KEY_MAX = 1 << 16 };

/* No key has a line feed: its data is the size of the file. */
static const char mark[] = "\n";

bool virtualdomains_is_indexed(const struct stat *text, const struct stat *cdb, time_t now)
{
	return !clock_is_before(&cdb->st_mtim, &text->st_mtim) && !clock_is_before(&cdb->st_mtim, &text->st_ctim) && cdb->st_mtim.tv_sec <= now;
}

static int fold(struct buf *key, const char *p, size_t n)
{
	key->len = 0;
	buf_add(key, p, n);
	name_fold_all(key->p, key->len);
	return buf_failed(key) ? -1 : 0;
}

/* A line with its blanks, as rewrite() removes them. */
static int add(struct digest *d, struct buf *key, const char *line, size_t n)
{
	const char *colon = find_byte(line, ':', n);

	if (colon == NULL || *line == '#')
		return 0;
	if (fold(key, line, (size_t)(colon - line)) < 0)
		return err_temp(&d->ctx->err, "out of memory");
	return digest_add(d, buf_text(key), key->len, line, n);
}

/* The last entry of a key decides, and the first record of a cdb is found: the lines from the last on. */
static int add_all(struct digest *d, const char *text, size_t n)
{
	struct buf key = BUF(n + 1);
	char size[32];
	int r = digest_add(d, mark, 1, size, (size_t)snprintf(size, sizeof size, "%zu", n));

	while (r == 0 && n > 0) {
		const char *lf = find_last_byte(text, '\n', n - 1), *line = lf != NULL ? lf + 1 : text;
		size_t len = n - (size_t)(line - text);

		r = add(d, &key, line, len - (line[len - 1] == '\n'));
		n = (size_t)(line - text);
	}
	buf_free(&key);
	return r;
}

int virtualdomains_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd)
{
	struct digest d = {.ctx = ctx, .name = name};
	int r = digest_begin(&d, fd);

	if (r == 0 && memchr(text, '\0', n) == NULL)
		r = add_all(&d, text, n);
	return digest_end(&d, r);
}

static bool is_of_size(const struct cdbfile_view *cdb, size_t size)
{
	struct buf is = BUF(64);
	char want[32];
	bool same;

	snprintf(want, sizeof want, "%zu", size);
	same = cdbfile_ask(cdb, mark, 1, &is) == 0 && strcmp(buf_text(&is), want) == 0;
	buf_free(&is);
	return same;
}

/* 0: found; 1; -1 */
static int ask(const struct cdbfile_view *cdb, struct buf *key, const char *p, size_t n, struct buf *to)
{
	int r = fold(key, p, n) < 0 ? -1 : cdbfile_ask(cdb, buf_text(key), key->len, to);

	if (r == 0)
		buf_char(to, '\n');
	return r;
}

int virtualdomains_find(const struct cdbfile_view *cdb, size_t size, const char *address, size_t n, struct buf *to)
{
	size_t host = rcpt_host(address, n), len;
	struct buf key = BUF(KEY_MAX);
	const char *suffix;
	int r = is_of_size(cdb, size) && host <= n ? ask(cdb, &key, address, n, to) : -1;

	for (size_t at = 0; r == 1 && constmap_suffix(address + host, n - host, &at, &suffix, &len);)
		r = ask(cdb, &key, suffix, len, to);
	if (r == 1)
		r = ask(cdb, &key, "", 0, to);
	buf_free(&key);
	return r < 0 ? -1 : 0;
}
