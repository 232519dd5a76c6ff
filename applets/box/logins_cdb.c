/*
 * logins_cdb - users/qv-passwd as users/qv-passwd.cdb.
 *
 * DIRECTORY -> HASH with its "!"; BOX in lower case -> DIRECTORY, if only one box has that name. The last record has an
 * empty key and contains a hash of every kind in use, each followed by a colon: the passwords of unknown users are
 * compared with these, so that a login takes the same time for unknown and for existing users.
 */
#include <string.h>

#include "box/logins.h"
#include "box/logins_line.h"
#include "lib/join.h"
#include "qmail/digest.h"
#include "qmail/names.h"

/* One hash of each kind; of more than LOGINS_KINDS kinds the first ones are kept. */
struct kinds {
	char hash[LOGINS_KINDS][PWHASH_MAX + 1];
	size_t n;
};

static bool same_kind(const char *a, const char *p, size_t n)
{
	size_t kind = pwhash_kind(p, n);

	return pwhash_kind(a, strlen(a)) == kind && memcmp(a, p, kind) == 0;
}

static void learn_kind(struct kinds *k, const char *p, size_t n)
{
	if (n == 0 || k->n == LOGINS_KINDS)
		return;
	for (size_t i = 0; i < k->n; i++)
		if (same_kind(k->hash[i], p, n))
			return;
	join_part(k->hash[k->n++], sizeof *k->hash, p, n);
}

static int add_kinds(struct digest *d, const struct kinds *k)
{
	char all[sizeof k->hash + 1] = "";
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++)
		n += join(all + n, sizeof all - n, k->hash[i], ":", NULL);
	return digest_add(d, "", 0, all, n);
}

/* Boxes with the same name cannot be told apart by it: their users log in by address. */
static bool is_only(const struct lines *l, const char *box, size_t i)
{
	return lines_find_last(l, LINES_MAP, box) == i && lines_find(l, LINES_MAP, box, 0) == i;
}

/* Line i of the table. */
static int add_line(struct digest *d, const struct lines *all, const struct logins_line *line, size_t i)
{
	char box[NAME_MAX + 1];

	if (digest_add(d, line->dir.p, line->dir.n, line->field.p, line->field.n) < 0)
		return -1;
	join_part(box, sizeof box, line->box.p, line->box.n);
	if (!is_only(all, box, i))
		return 0;
	for (char *c = box; *c != '\0'; c++)
		*c = name_fold(*c);
	return digest_add(d, box, strlen(box), line->dir.p, line->dir.n);
}

static int add(struct digest *d, const struct lines *all, struct kinds *kinds, const struct feed_line *l)
{
	struct logins_line line;

	switch (logins_line(l->p, l->n, &line)) {
	case LOGINS_NOTHING:
		return 0;
	case LOGINS_BAD:
		return digest_bad(d,
		                  "expected BOX:HASH:/DIRECTORY, HASH as crypt(3) makes it, with a \"!\" before it to suspend");
	case LOGINS_BOX:
		learn_kind(kinds, line.hash.p, line.hash.n);
		return add_line(d, all, &line, l->number - 1);
	}
	return -1;
}

int logins_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd)
{
	struct digest d = {.ctx = ctx, .name = name, .feed = feed_text(text, n)};
	struct feed_line l = {.ended = true};
	struct kinds kinds = {0};
	struct lines all;
	int r = digest_begin(&d, fd);

	lines_parse(&all, text, n);
	if (r == 0 && lines_failed(&all))
		r = err_temp(&ctx->err, "out of memory");
	while (r == 0 && l.ended) {
		r = digest_line(&d, &l);
		if (r == 0)
			r = add(&d, &all, &kinds, &l);
	}
	lines_free(&all);
	if (r == 0)
		r = add_kinds(&d, &kinds);
	return digest_end(&d, r);
}
