/*
 * assign_digest - users/assign as users/cdb.
 *
 * A key is '!' and the local part in lower case, followed by a NUL for '=' entries; the data are the six fields
 * separated by NULs. The last record has an empty key and holds each byte that ends the name of a '+' entry, in its
 * original case: qmail-lspawn tries only prefixes of an address that end in one of them. Of equal keys the first wins.
 */
#include <string.h>

#include "qmail/assign.h"
#include "qmail/assign_lint.h"
#include "qmail/digest.h"
#include "qmail/names.h"

struct table {
	struct digest digest;
	struct assign_lint *lint;
	struct buf key, data;
	char wildchars[256];
	size_t wild;
};

static void learn_wildchar(struct table *t, char c)
{
	if (memchr(t->wildchars, c, t->wild) == NULL)
		t->wildchars[t->wild++] = c;
}

static void make_key(struct buf *key, const struct assign_line *l)
{
	key->len = 0;
	buf_char(key, '!');
	buf_add(key, l->local.p, l->local.n);
	if (!l->wildcard)
		buf_char(key, '\0');
	if (!buf_failed(key))
		name_fold_all(key->p, key->len);
}

static void make_data(struct buf *data, const struct assign_line *l)
{
	const struct assign_field *const behind[] = {&l->uid, &l->gid, &l->home, &l->dash, &l->ext};

	data->len = 0;
	buf_add(data, l->user.p, (size_t)(l->ext.p - l->user.p) + l->ext.n);
	if (buf_failed(data))
		return;
	for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
		data->p[behind[i]->p - l->user.p - 1] = '\0';
}

static int add(struct table *t, const struct assign_line *l)
{
	if (l->wildcard && l->local.n > 0)
		learn_wildchar(t, l->local.p[l->local.n - 1]);
	make_key(&t->key, l);
	make_data(&t->data, l);
	if (buf_failed(&t->key) || buf_failed(&t->data))
		return err_temp(&t->digest.ctx->err, "out of memory");
	return digest_add(&t->digest, t->key.p, t->key.len, t->data.p, t->data.len);
}

/* qmail never reads lines after the final dot; the administrator is warned of them. */
static int end(struct table *t, struct feed_line *l)
{
	if (t->lint != NULL) {
		assign_lint_end(t->lint, l);
		while (l->ended && digest_line(&t->digest, l) == 0)
			assign_lint_behind(t->lint, l);
	}
	return digest_add(&t->digest, "", 0, t->wildchars, t->wild);
}

static int all_lines(struct table *t)
{
	struct assign_line entry;
	struct feed_line l;
	const char *why;

	for (;;) {
		if (digest_line(&t->digest, &l) < 0)
			return -1;
		switch (assign_parse(l.p, l.n, l.ended, &entry, &why)) {
		case ASSIGN_ENTRY:
			if (add(t, &entry) < 0)
				return -1;
			if (t->lint != NULL)
				assign_lint_entry(t->lint, l.number, &entry);
			break;
		case ASSIGN_END:
			return end(t, &l);
		case ASSIGN_BAD:
			return digest_bad(&t->digest, why);
		}
	}
}

static int digest(struct ctx *ctx, const char *name, struct feed feed, int fd, struct assign_lint *lint)
{
	struct table t = {
		.digest = {.ctx = ctx, .name = name, .feed = feed},
		.lint = lint,
		.key = BUF(FEED_LINE_MAX),
		.data = BUF(FEED_LINE_MAX),
	};
	int r = digest_begin(&t.digest, fd);

	if (r == 0)
		r = all_lines(&t);
	buf_free(&t.key);
	buf_free(&t.data);
	return digest_end(&t.digest, r);
}

int assign_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd)
{
	return digest(ctx, name, feed_text(text, n), fd, NULL);
}

int assign_digest_fd(struct ctx *ctx, const char *name, int from, int fd, struct assign_lint *lint)
{
	return digest(ctx, name, feed_fd(from), fd, lint);
}
