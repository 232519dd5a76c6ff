/* refusals - does the list of a dial-up host's addresses have some that its own server refuses? */
#include <string.h>
#include <time.h>

#include "check/internal.h"
#include "dialup/refusals.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "lib/printable.h"
#include "qmail/constmap.h"
#include "qmail/localparts.h"

enum { FINDINGS_MAX = 10 /* for one host */ };

struct lists {
	const struct domain *d;
	char path[900];      /* of its list */
	struct buf list;
	struct buf refused;
	time_t since;
};

static bool same(const struct refusal *a, const struct refusal *b)
{
	return a->locallen == b->locallen && constmap_same(a->local, b->local, a->locallen);
}

/* How often since then; 0: an earlier line was the first of this address. */
static unsigned times(const struct lists *l, const struct refusal *r)
{
	struct refusal other;
	unsigned n = 0;

	for (size_t at = 0; refusals_next(buf_text(&l->refused), l->refused.len, &at, &other);) {
		if (other.time < l->since || !same(&other, r))
			continue;
		if (other.local < r->local)
			return 0;
		n++;
	}
	return n;
}

/* The line of the list that has the address; 0: none. *alone: a list must have an entry. */
static size_t line_of(const struct lists *l, const struct refusal *r, bool *wild, bool *alone)
{
	size_t at = 0, number = 0, line = 0, entries = 0, len;
	const char *entry;

	for (; localparts_next(buf_text(&l->list), l->list.len, &at, &number, &entry, &len); entries++)
		if (line == 0 && localparts_is(r->local, r->locallen, entry, len)) {
			line = number;
			*wild = entry[len - 1] == '*';
		}
	*alone = entries == 1;
	return line;
}

static void report(struct check *c, const struct lists *l, const struct refusal *r, unsigned n)
{
	char local[300], reply[320];
	bool wild = false, alone;
	size_t line = line_of(l, r, &wild, &alone);
	const char *mend = "";

	if (line == 0)
		return;
	join_part(local, sizeof local, r->local, r->locallen);
	join_part(reply, sizeof reply, r->reply, r->replylen);
	if (!wild && !alone)
		mend = check_command(c, "qv-domain recipients", check_root, " ", check_quoted, l->d->name.text, " --remove ",
		                     check_quoted, local, CHECK_END);
	check_found(c, &(struct finding){CHECK_WARNING, "refused", l->path, line, mend},
	            "lists %s, which the server of %s refused %u time%s in the last 7 days: what is sent to it bounces: %s", local,
	            l->d->name.text, n, n > 1 ? "s" : "", printable(reply));
}

static void compare(struct check *c, const struct lists *l)
{
	struct refusal r;
	size_t at = 0, before = c->found;
	unsigned n;

	while (c->found < before + FINDINGS_MAX && refusals_next(buf_text(&l->refused), l->refused.len, &at, &r)) {
		n = r.time >= l->since && r.locallen < 256 ? times(l, &r) : 0;
		if (n > 0)
			report(c, l, &r, n);
	}
}

void check_refusals(struct check *c, const struct domain *d)
{
	struct lists l = {.d = d, .list = BUF(CONTROL_MAX), .refused = BUF(REFUSALS_MAX)};
	char path[900];

	l.since = time(NULL) - REFUSALS_SECONDS;
	join(path, sizeof path, d->home, "/" REFUSALS_FILE, NULL);
	join(l.path, sizeof l.path, d->home, "/" LOCALPARTS_FILE, NULL);
	if (fs_slurp(c->ctx, path, &l.refused, NULL) == 0 && fs_slurp(c->ctx, l.path, &l.list, NULL) == 0)
		compare(c, &l);
	c->ctx->err = (struct err){0};
	buf_free(&l.list);
	buf_free(&l.refused);
}
