/* export_left - what deleted domains left below popmail and serialmail, as comments. */
#include <stdio.h>
#include <string.h>

#include "box/handles.h"
#include "dialup/hosts.h"
#include "move/export_homes.h"

/* Is the home of some domain there, or below? */
static bool is_used(const struct export *x, const char *dir)
{
	const struct routing *r = &x->change->routing;
	struct name_domain name;
	struct domain d;
	size_t n = strlen(dir);

	for (size_t at = 0; routing_next(r, &at, &name);) {
		routing_look(r, &x->change->conf, name.text, &d);
		if (strncmp(d.home, dir, n) == 0 && (d.home[n] == '/' || d.home[n] == '\0'))
			return true;
	}
	return false;
}

/* handles_each() */
static int handle(struct ctx *ctx, void *export, const char *name)
{
	struct export *x = export;
	const struct conf *conf = &x->change->conf;
	struct boxes b;
	char path[sizeof b.dir];

	(void)ctx;
	boxes_of_handle(conf, name, &b);
	snprintf(path, sizeof path, "%s/%c/%s", conf->popmail, *name, name);
	if (export_paths_find(&x->handles, b.dir) == NULL && !is_used(x, path))
		export_not(x, path, "not used by any domain");
	return 0;
}

static void host(struct export *x, const char *name)
{
	const struct conf *conf = &x->change->conf;
	char path[sizeof conf->serialmail + NAME_MAX + 2];
	struct domain d;

	routing_look(&x->change->routing, conf, name, &d);
	snprintf(path, sizeof path, "%s/%s", conf->serialmail, name);
	if (strcmp(d.home, path) != 0 && !is_used(x, path))
		export_not(x, path, "no domain uses it");
}

int export_left(struct export *x)
{
	struct hosts c = HOSTS;
	int r = handles_each(x->ctx, &x->change->conf, handle, x);

	if (r == 0)
		r = hosts_load(x->ctx, &x->change->conf, &c);
	for (size_t i = 0; r == 0 && i < c.n; i++)
		host(x, hosts_name(&c, i));
	hosts_free(&c);
	return r;
}
