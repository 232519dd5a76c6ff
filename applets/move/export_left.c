/* export_left - what deleted domains left below popmail and serialmail, as comments. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "box/handles.h"
#include "dialup/hosts.h"
#include "lib/sorted.h"
#include "move/export_homes.h"

struct left {
	struct export *x;
	struct sorted homes; /* of all domains */
};

static int find_homes(struct left *l)
{
	const struct routing *r = &l->x->change->routing;
	struct name_domain name;
	struct domain d;

	for (size_t at = 0; routing_next(r, &at, &name);) {
		routing_look(r, &l->x->change->conf, name.text, &d);
		sorted_add(&l->homes, d.home, strlen(d.home));
	}
	return sorted_ready(&l->homes) < 0 ? err_temp(&l->x->ctx->err, "out of memory") : 0;
}

static bool any_begins(const struct sorted *s, const char *with, size_t n)
{
	size_t i = sorted_from(s, with);

	return i < s->n && strncmp(s->at[i], with, n) == 0;
}

/* Is the home of some domain there, or below? */
static bool is_used(const struct left *l, const char *dir)
{
	char below[PATH_MAX + 1];

	snprintf(below, sizeof below, "%s/", dir);
	return any_begins(&l->homes, dir, strlen(dir) + 1) || any_begins(&l->homes, below, strlen(below));
}

/* handles_each() */
static int handle(struct ctx *ctx, void *left, const char *name)
{
	const struct left *l = left;
	const struct conf *conf = &l->x->change->conf;
	struct boxes b;
	char path[sizeof b.dir];

	(void)ctx;
	boxes_of_handle(conf, name, &b);
	snprintf(path, sizeof path, "%s/%c/%s", conf->popmail, *name, name);
	if (export_paths_find(&l->x->handles, b.dir) == NULL && !is_used(l, path))
		export_not(l->x, path, "not used by any domain");
	return 0;
}

static void host(const struct left *l, const char *name)
{
	const struct conf *conf = &l->x->change->conf;
	char path[sizeof conf->serialmail + NAME_MAX + 2];
	struct domain d;

	routing_look(&l->x->change->routing, conf, name, &d);
	snprintf(path, sizeof path, "%s/%s", conf->serialmail, name);
	if (strcmp(d.home, path) != 0 && !is_used(l, path))
		export_not(l->x, path, "no domain uses it");
}

int export_left(struct export *x)
{
	struct left l = {.x = x, .homes = SORTED(CONTROL_MAX)};
	struct hosts c = HOSTS;
	int r = find_homes(&l);

	if (r == 0)
		r = handles_each(x->ctx, &x->change->conf, handle, &l);
	if (r == 0)
		r = hosts_load(x->ctx, &x->change->conf, &c);
	for (size_t i = 0; r == 0 && i < c.n; i++)
		host(&l, hosts_name(&c, i));
	hosts_free(&c);
	sorted_free(&l.homes);
	return r;
}
