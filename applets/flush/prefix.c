/*
 * prefix - what qmail put before a recipient, to be taken off: the id by which users/cdb led the mail here.
 *
 * It is looked up as qmail-lspawn did, in the same time whatever the number of domains. The table is mapped before the
 * fence goes up. Only where it cannot tell all ids (it is missing, damaged, or older than users/assign), or where the id
 * must be known before any message, all of users/assign is read.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "flush/internal.h"
#include "lib/clock.h"
#include "lib/find.h"
#include "lib/fs.h"
#include "qmail/assign.h"
#include "qmail/lookup.h"
#include "qmail/names.h"

/* An id that is a prefix, of an entry with this home. */
static bool leads_here(const struct flush *f, bool wildcard, const char *id, size_t n, const char *home, size_t len)
{
	return wildcard && n > 0 && n < sizeof f->prefix[0] && id[n - 1] == '-' && len == strlen(f->path) &&
	       memcmp(home, f->path, len) == 0;
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
			if (leads_here(f, l.wildcard, l.local.p, l.local.n, l.home.p, l.home.n))
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

/* The id by which local, as it stands in Delivered-To, leads here: 0 and it is in to; 1: by none; -1: the table cannot tell. */
static int ask_cdb(const struct flush *f, const char *local, char *to, size_t size)
{
	struct cdbfile_view cdb = {.fd = -1, .p = f->cdb.p, .n = f->cdb.n};
	struct lookup l = {0};
	int r = cdb.p == NULL ? -1 : lookup_cdb(&cdb, local, &l);

	if (r == 0 && !leads_here(f, l.kind == LOOKUP_WILDCARD, buf_text(&l.key), l.key.len, l.home, strlen(l.home)))
		r = 1;
	if (r == 0)
		snprintf(to, size, "%s", buf_text(&l.key));
	lookup_free(&l);
	return r;
}

/* True if it was made of users/assign as it is now. */
static bool map_cdb(struct flush *f)
{
	struct stat assign;
	struct err kept = f->ctx->err;
	int r = mapped_open(f->ctx, QMAIL_CDB, MAPPED_ASKED, &f->cdb);

	if (r != 0)
		mapped_close(&f->cdb);
	else
		r = fs_stat(f->ctx, QMAIL_ASSIGN, &assign) != 0 || clock_is_before(&f->cdb.st.st_mtim, &assign.st_mtim);
	if (f->cdb.fd >= 0)
		close(f->cdb.fd);
	f->cdb.fd = -1;
	f->ctx->err = kept;
	return r == 0;
}

/* "some.example.com-": the id that qv-domain gives, and the best guess for what has none. */
static void guess(const struct flush *f, char *to, size_t size)
{
	snprintf(to, size, "%.256s-", strrchr(f->path, '/') + 1);
}

int flush_find_prefix(struct flush *f)
{
	char id[sizeof f->prefix[0]], *first = f->prefix[0];
	int r = map_cdb(f) ? 0 : -1;

	guess(f, id, sizeof id);
	if (r == 0)
		r = ask_cdb(f, id, first, sizeof id);
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
	if (ask_cdb(f, local, id, sizeof id) == 0)
		return learn(f, id);
	prefix = known(f, p, n, false);
	return prefix != NULL ? prefix : f->prefix[0];
}
