/*
 * prefix - what qmail put before a recipient, to be taken off: the id by which users/cdb led the mail here.
 *
 * It is looked up as qmail-lspawn did, in the same time whatever the number of domains. The table is mapped before the
 * fence goes up. Only where it cannot tell all ids (it is missing, damaged, or older than users/assign), or where the id
 * must be known before any message, all of users/assign is read.
 */
#include <stdio.h>
#include <string.h>

#include "flush/internal.h"
#include "lib/find.h"
#include "lib/fs.h"
#include "qmail/assign.h"
#include "qmail/lookup.h"
#include "qmail/names.h"

static bool leads_here(const struct flush *f, const struct assign_line *l)
{
	return l->wildcard && l->local.n > 0 && l->local.n < sizeof f->prefix[0] && l->local.p[l->local.n - 1] == '-' &&
	       l->home.n == strlen(f->path) && memcmp(l->home.p, f->path, l->home.n) == 0;
}

/* The ids of the users/assign lines whose home this is. */
static size_t prefixes_by_assign(struct flush *f, const char *text, size_t n)
{
	struct assign_line l;
	const char *why;
	size_t at = 0, len, found = 0;

	for (; at < n && found < FLUSH_PREFIXES; at += len + 1) {
		const char *lf = memchr(text + at, '\n', n - at);

		len = lf != NULL ? (size_t)(lf - text) - at : n - at;
		switch (assign_parse(text + at, len, lf != NULL, &l, &why)) {
		case ASSIGN_ENTRY:
			if (leads_here(f, &l))
				snprintf(f->prefix[found++], sizeof f->prefix[0], "%.*s", (int)l.local.n, l.local.p);
			break;
		case ASSIGN_END:
			return found;
		case ASSIGN_BAD:
			break;
		}
	}
	return found;
}

static int read_assign(struct flush *f)
{
	struct buf b = BUF(CONTROL_MAX);
	int r = fs_slurp(f->ctx, QMAIL_ASSIGN, &b, NULL);

	if (r >= 0)
		prefixes_by_assign(f, buf_text(&b), b.len);
	buf_free(&b);
	return r < 0 ? -1 : 0;
}

/* "some.example.com-": the id that qv-domain gives, and the best guess for what has none. */
static void guess(const struct flush *f, char *to, size_t size)
{
	snprintf(to, size, "%.256s-", strrchr(f->path, '/') + 1);
}

int flush_find_prefix(struct flush *f)
{
	char id[sizeof f->prefix[0]], *first = f->prefix[0];
	int r = lookup_open(f->ctx, &f->cdb) ? 0 : -1;

	guess(f, id, sizeof id);
	if (r == 0)
		r = lookup_id(&f->cdb, id, f->path, first, sizeof id);
	if ((r < 0 || (r == 1 && f->o->transport != NULL)) && read_assign(f) < 0)
		return -1;
	if (*first == '\0')
		snprintf(first, sizeof id, "%s", id);
	return 0;
}

/* One that is known, and that no longer id can be meant by: what leads here ends in "-". */
static const char *known(const struct flush *f, const char *local, size_t n, bool surely)
{
	for (size_t k = 0; k < FLUSH_PREFIXES && *f->prefix[k] != '\0'; k++) {
		size_t len = strlen(f->prefix[k]);

		if (name_starts(local, n, f->prefix[k]) && !(surely && find_last_byte(local + len, '-', n - len) != NULL))
			return f->prefix[k];
	}
	return NULL;
}

/* For other messages of this run. */
static const char *learn(struct flush *f, const char *id)
{
	size_t k = 1;

	while (k < FLUSH_PREFIXES - 1 && *f->prefix[k] != '\0' && strcmp(f->prefix[k], id) != 0)
		k++;
	snprintf(f->prefix[k], sizeof f->prefix[k], "%s", id);
	return f->prefix[k];
}

const char *flush_prefix(struct flush *f, const char *head, size_t n)
{
	char local[2 * ENVELOPE_ADDRESS_MAX], id[sizeof f->prefix[0]];
	const char *p, *prefix;

	if (!envelope_delivered_to(head, n, &p, &n) || n >= sizeof local)
		return f->prefix[0];
	prefix = known(f, p, n, true);
	if (prefix != NULL)
		return prefix;
	snprintf(local, sizeof local, "%.*s", (int)n, p);
	if (lookup_id(&f->cdb, local, f->path, id, sizeof id) == 0)
		return learn(f, id);
	prefix = known(f, p, n, false);
	return prefix != NULL ? prefix : f->prefix[0];
}
