/* export_left - what deleted domains left below popmail and serialmail, as comments. */
#include <limits.h>
#include <string.h>

#include "box/handles.h"
#include "dialup/hosts.h"
#include "lib/join.h"
#include "lib/sorted.h"
#include "move/export_homes.h"

struct left {
	struct export *x;
	struct sorted homes; /* of all domains, when they are first asked for */
	bool has_homes;
};

static int find_homes(struct left *l)
{
	const struct routing *r = &l->x->change->routing;
	struct name_domain name;
	struct domain d;

	l->has_homes = true;
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

/* Is the home of some domain there, or below? 1; 0; -1 */
static int is_used(struct left *l, const char *dir)
{
	char below[PATH_MAX + 1];

	if (!l->has_homes && find_homes(l) < 0)
		return -1;
	join(below, sizeof below, dir, "/", NULL);
	return any_begins(&l->homes, dir, strlen(dir) + 1) || any_begins(&l->homes, below, strlen(below));
}

/* handles_each() */
static int handle(struct ctx *ctx, void *left, const char *name)
{
	struct left *l = left;
	const struct conf *conf = &l->x->change->conf;
	struct boxes b;
	char path[sizeof b.dir];
	int used;

	(void)ctx;
	boxes_of_handle(conf, name, &b);
	join(path, sizeof path, conf->popmail, "/", (char[]){*name, '\0'}, "/", name, NULL);
	used = export_paths_find(&l->x->handles, b.dir) != NULL ? 1 : is_used(l, path);
	if (used == 0)
		export_not(l->x, path, "not used by any domain");
	return used < 0 ? -1 : 0;
}

static int host(struct left *l, const char *name)
{
	const struct conf *conf = &l->x->change->conf;
	char path[sizeof conf->serialmail + NAME_MAX + 2];
	struct domain d;
	int used;

	routing_look(&l->x->change->routing, conf, name, &d);
	join(path, sizeof path, conf->serialmail, "/", name, NULL);
	used = strcmp(d.home, path) == 0 ? 1 : is_used(l, path);
	if (used == 0)
		export_not(l->x, path, "no domain uses it");
	return used < 0 ? -1 : 0;
}

int export_left(struct export *x)
{
	struct left l = {.x = x, .homes = SORTED(CONTROL_MAX)};
	struct hosts c = HOSTS;
	int r = handles_each(x->ctx, &x->change->conf, handle, &l);

	if (r == 0)
		r = hosts_load(x->ctx, &x->change->conf, &c);
	for (size_t i = 0; r == 0 && i < c.n; i++)
		r = host(&l, hosts_name(&c, i));
	hosts_free(&c);
	sorted_free(&l.homes);
	return r;
}
