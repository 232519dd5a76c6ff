/* adopt - a set-up that others made, as qvmail understands it; and what is certain is completed. */
#include "move/adopt.h"

#include <stdio.h>
#include <string.h>

#include "move/adopt_id.h"
#include "move/adopt_print.h"
#include "qmail/assign.h"
#include "routing/where.h"

static bool is_asked_for(const struct domain *d, const char *which)
{
	struct name_domain name;
	struct err e;

	if (strcmp(which, d->user) == 0 || strcmp(which, d->id) == 0)
		return true;
	return name_domain(&e, which, &name) == 0 && strcmp(name.text, d->name.text) == 0;
}

/* Its line in users/assign, where it can have one. */
static int complete(struct adopt *a, struct domain *d, bool *completed)
{
	struct change *c = a->change;
	struct err e;
	int r;

	*completed = false;
	if (*d->home != '\0' || *d->id == '\0')
		return 0;
	r = adopt_id(a->ctx, &c->routing, d);
	if (r != 0)
		return r < 0 ? -1 : 0;
	*completed = strcmp(d->dash, "-") == 0 && d->uid != 0 && name_path(&e, d->home, (char[NAME_PATH_MAX + 1]){0}) == 0;
	return *completed ? routing_entry(&a->ctx->err, &c->routing, d) : 0;
}

static int one(struct adopt *a, const struct name_domain *name)
{
	struct domain d;
	bool completed;

	routing_look(&a->change->routing, &a->change->conf, name->text, &d);
	if (complete(a, &d, &completed) < 0)
		return -1;
	return adopt_tell(a, &d, completed);
}

/* 1: none of it exists. */
static int some(struct adopt *a, const char *which)
{
	struct name_domain name;
	struct domain d;
	int r = 1;

	for (size_t at = 0; r >= 0 && routing_next(&a->change->routing, &at, &name);) {
		routing_look(&a->change->routing, &a->change->conf, name.text, &d);
		if (domain_is_virtual(&d) && (which == NULL || is_asked_for(&d, which)))
			r = one(a, &name);
	}
	return r;
}

/* Lines of virtualdomains that say nothing of one domain as a whole. */
static void odd_virtualdomains(struct adopt *a)
{
	const struct lines *l = &a->change->routing.file[ROUTING_VIRTUALDOMAINS].lines;
	const char *key;
	size_t k, v;

	for (size_t i = 0; i < l->n; i++) {
		if (!lines_key(l, LINES_MAP, i, &key, &k))
			continue;
		lines_value(l, i, &v);
		if (v == 0)
			adopt_leave_line(a, ROUTING_VIRTUALDOMAINS, i, "an exclusion: its mail is sent out");
		else if (k == 0)
			adopt_leave_line(a, ROUTING_VIRTUALDOMAINS, i, "the default for domains without a line of their own");
		else if (memchr(key, '@', k) != NULL)
			adopt_leave_line(a, ROUTING_VIRTUALDOMAINS, i, "for one address");
	}
}

static bool is_id(const struct routing *r, const struct assign_line *l)
{
	char id[NAME_DOMAIN_MAX + 1];

	if (!l->wildcard || l->local.n < 2 || l->local.n > sizeof id || l->local.p[l->local.n - 1] != '-')
		return false;
	snprintf(id, sizeof id, "%.*s", (int)l->local.n - 1, l->local.p);
	return routing_id_uses(r, id) > 0;
}

static void odd_entries(struct adopt *a)
{
	const struct routing *r = &a->change->routing;
	const struct lines *all = &r->file[ROUTING_ASSIGN].lines;
	size_t end = routing_assign_end(r), n;
	struct assign_line l;
	const char *why, *p;

	for (size_t i = 0; i < all->n; i++) {
		p = lines_at(all, i, &n);
		if (i > end)
			adopt_leave_line(a, ROUTING_ASSIGN, i, "is after the final dot: qmail does not read it");
		else if (i < end && assign_parse(p, n, true, &l, &why) != ASSIGN_ENTRY)
			adopt_leave_line(a, ROUTING_ASSIGN, i, why);
		else if (i < end && !is_id(r, &l))
			adopt_leave_line(a, ROUTING_ASSIGN, i, "not a domain: local addresses");
	}
}

static int all(struct adopt *a, char *const *which, int n)
{
	int r = n == 0 ? some(a, NULL) : 0;

	for (int i = 0; r >= 0 && i < n; i++) {
		r = some(a, which[i]);
		if (r == 1)
			return err_perm(&a->ctx->err,
			                "%s is neither a domain that is delivered here nor a handle of one; qv-domain list shows them",
			                which[i]);
	}
	if (r >= 0 && n == 0) {
		odd_virtualdomains(a);
		odd_entries(a);
	}
	return r < 0 ? -1 : 0;
}

int adopt(struct ctx *ctx, char *const *which, int n)
{
	struct change c;
	struct adopt a = {.ctx = ctx, .change = &c};
	int r = change_begin(ctx, &c);

	adopt_begin(&a);
	if (r == 0)
		r = all(&a, which, n);
	if (adopt_end(&a) < 0)
		r = -1;
	routing_take_over(&c.routing);
	fflush(stdout);
	if (r == 0 && !(ctx->json && ctx->dry_run)) /* one document, which says what would be completed */
		r = change_apply(ctx, &c, ROUTING_ADD, true);
	change_end(&c);
	return r;
}
