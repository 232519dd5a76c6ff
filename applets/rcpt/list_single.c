/* list_single - entries of users/cdb and virtualdomains for single addresses. */
#include <errno.h>
#include <string.h>

#include "qmail/cdbwalk.h"
#include "qmail/lines.h"
#include "qmail/names.h"
#include "rcpt/internal.h"
#include "rcpt/list_internal.h"

/* As qmail-newu makes it: "!" NAME NUL for one name, "!" NAME for all that begin with it. */
static void add_user(struct rcpt_single *s, const char *key, size_t n)
{
	bool one = n > 1 && key[n - 1] == '\0';
	size_t len = n - one;

	if (n > 0 && *key == '!' && memchr(key, '\0', len) == NULL)
		sorted_add(one ? &s->user : &s->begin, key + 1, len - 1);
}

/* Without a cdb all is decided by qmail-getpw. */
static int add_users(struct rcpt *r, struct rcpt_single *s)
{
	int errnum;
	const struct mapped *m = rcpt_file(r, RCPT_CDB, &errnum);
	struct cdbwalk w = {0};

	if (errnum == ENOENT)
		return 0;
	if (errnum == 0 && cdbwalk_begin(&w, m->p, m->n) == 0)
		while (cdbwalk_next(&w))
			add_user(s, w.key, w.keylen);
	if (errnum != 0 || w.bad)
		return err_temp(&r->ctx->err, "unable to read %s%s: %s", r->ctx->root, rcpt_path(RCPT_CDB),
		                errnum != 0 ? strerror(errnum) : "not a cdb, or damaged");
	return 0;
}

static void add_address(struct sorted *virtual, const char *key, size_t n)
{
	const char *at = memrchr(key, '@', n);
	struct buf line = BUF(RCPT_TEXT_MAX);

	if (at != NULL && memchr(key, '\0', n) == NULL) {
		buf_add(&line, at + 1, (size_t)(key + n - at - 1));
		buf_char(&line, '@');
		buf_add(&line, key, (size_t)(at - key));
		for (size_t i = 0; i < line.len; i++)
			line.p[i] = name_fold(line.p[i]);
		sorted_add(virtual, buf_text(&line), line.len);
	}
	buf_free(&line);
}

/* One that cannot be read makes every address uncertain. */
static void add_virtual(struct rcpt *r, struct sorted *virtual)
{
	int errnum;
	const struct mapped *m = rcpt_file(r, RCPT_VIRTUALDOMAINS, &errnum);
	struct lines l = {0};
	const char *key;
	size_t n;

	if (errnum != 0 || m->n == 0)
		return;
	lines_parse(&l, m->p, m->n);
	for (size_t i = 0; i < l.n; i++)
		if (lines_key(&l, LINES_MAP, i, &key, &n))
			add_address(virtual, key, n);
	virtual->text.failed |= lines_failed(&l);
	lines_free(&l);
}

int rcpt_single(struct rcpt *r, struct rcpt_single *s)
{
	*s = (struct rcpt_single){SORTED(RCPT_LIST_MAX), SORTED(RCPT_LIST_MAX), SORTED(RCPT_LIST_MAX)};
	if (add_users(r, s) < 0)
		return -1;
	add_virtual(r, &s->virtual);
	if (sorted_ready(&s->user) < 0 || sorted_ready(&s->begin) < 0 || sorted_ready(&s->virtual) < 0)
		return err_temp(&r->ctx->err, "out of memory");
	return 0;
}

void rcpt_single_free(struct rcpt_single *s)
{
	sorted_free(&s->user);
	sorted_free(&s->begin);
	sorted_free(&s->virtual);
}
