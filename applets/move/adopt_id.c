/* adopt_id - who delivers an id that has no line of its own in users/assign. */
#include "move/adopt_id.h"

#include <stdio.h>
#include <string.h>

#include "box/home.h"
#include "lib/join.h"
#include "qmail/assign.h"
#include "qmail/lookup.h"

static void set_ext(struct domain *d, const char *ext, size_t n, const char *rest)
{
	snprintf(d->ext, sizeof d->ext, "%.*s%s", (int)n, ext, rest);
	for (char *p = d->ext; *p != '\0'; p++)
		*p = name_fold(*p);
}

/* Of what stands behind the beginning of the id that the line is for, the rest is its extension. */
static void by_line(const struct assign_line *l, const char *rest, struct domain *d)
{
	join_part(d->user, sizeof d->user, l->user.p, l->user.n);
	join_part(d->home, sizeof d->home, l->home.p, l->home.n);
	join_part(d->dash, sizeof d->dash, l->dash.p, l->dash.n);
	d->uid = assign_id(&l->uid);
	d->gid = assign_id(&l->gid);
	set_ext(d, l->ext.p, l->ext.n, rest);
}

static bool by_wildcard(const struct routing *r, const char *local, struct domain *d)
{
	const struct lines *all = &r->file[ROUTING_ASSIGN].lines;
	char key[NAME_DOMAIN_MAX + 3];
	struct assign_line l;
	const char *p, *why;
	size_t at, n;

	for (size_t i = strlen(local); i > 0; i--) {
		snprintf(key, sizeof key, "+%.*s", (int)i, local);
		at = lines_find(all, LINES_ASSIGN, key, 0);
		if (at >= routing_assign_end(r))
			continue;
		p = lines_at(all, at, &n);
		if (assign_parse(p, n, true, &l, &why) != ASSIGN_ENTRY)
			continue;
		by_line(&l, local + i, d);
		return true;
	}
	return false;
}

/* The user alias takes whatever nobody else does: only files for this id show that it is meant. */
static int has_files(struct ctx *ctx, const struct domain *d)
{
	struct addresses a;
	int r = domain_addresses(ctx, d, &a);

	if (r == 0)
		r = a.n > 0;
	addresses_free(&a);
	return r;
}

static int by_getpw(struct ctx *ctx, const char *local, struct domain *d)
{
	struct as_user v = {.ctx = ctx};
	struct buf passwd = BUF(CONTROL_MAX);
	struct lookup l = {0};
	int r = as_user_answer(&v, "/etc/passwd", as_user_slurp(&v, NULL, "/etc/passwd", &passwd, NULL));

	r = r < 0 ? -1 : lookup_getpw(&v, buf_text(&passwd), passwd.len, local, &l);
	if (r == 0) {
		join(d->user, sizeof d->user, l.user, NULL);
		join(d->home, sizeof d->home, l.home, NULL);
		join(d->dash, sizeof d->dash, l.dash, NULL);
		set_ext(d, "", 0, l.ext);
		d->uid = l.uid;
		d->gid = l.gid;
		if (l.kind == LOOKUP_ALIAS)
			r = has_files(ctx, d);
		if (l.kind == LOOKUP_ALIAS && r >= 0)
			r = !r;
	}
	lookup_free(&l);
	buf_free(&passwd);
	return r;
}

int adopt_id(struct ctx *ctx, const struct routing *r, struct domain *d)
{
	char local[NAME_DOMAIN_MAX + 2];
	int found;

	join(local, sizeof local, d->id, "-", NULL);
	if (by_wildcard(r, local, d))
		return 0;
	found = by_getpw(ctx, local, d);
	if (found != 0)
		*d->home = '\0';
	return found;
}
