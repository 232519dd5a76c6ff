/* send - qmail-send: local or remote, and by which name? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "qmail/conf.h"
#include "qmail/rewrite.h"
#include "route/internal.h"

static const struct route_file *control(const struct route_files *f, const char *name)
{
	return route_control(f, CONTROL_SEND, name);
}

/* The file that keeps it from starting, as it cannot be read; NULL: it starts. */
static const char *unreadable(const struct route_files *f)
{
	const struct route_file *bad = route_unreadable(f, CONTROL_SEND), *me = control(f, "me");

	if (bad != NULL)
		return bad->path;
	return me->trouble == ENOENT && control(f, "locals")->trouble == ENOENT ? me->path : NULL;
}

/* Without control/locals the host's own name is local. */
static const char *locals(const struct route_files *f)
{
	return control(f, "locals")->trouble == ENOENT ? "me" : "locals";
}

static void load_maps(const struct route_files *f, struct buf *envnoathost, struct rewrite_maps *maps)
{
	if (!route_line(control(f, "envnoathost"), envnoathost) && !route_line(control(f, "me"), envnoathost))
		buf_str(envnoathost, "envnoathost");
	*maps = (struct rewrite_maps){
		.envnoathost = buf_text(envnoathost),
		.percenthack = route_map(control(f, "percenthack")),
		.locals = route_map(control(f, locals(f))),
		.virtualdomains = route_map(control(f, "virtualdomains")),
	};
	if (control(f, "locals")->trouble == ENOENT)
		maps->locals = (struct constmap){.p = maps->locals.p, .n = strcspn(maps->locals.p, "\n")};
}

static void explain_step(const struct route_files *f, struct route *r, const struct constmap_entry *e, const char *now)
{
	if (e->line > 0)
		route_step(f, r, control(f, "percenthack")->path, e->line, "%.*s: the last %% becomes the @: %s",
		           (int)e->keylen, e->key, now);
	else
		route_step(f, r, NULL, 0, "no @: qmail-send rewrites it to %s", now);
}

static void explain(const struct route_files *f, struct route *r, const struct rewrite *how)
{
	const struct constmap_entry *e = &how->entry;
	const char *virtualdomains = control(f, "virtualdomains")->path;

	switch (how->how) {
	case REWRITE_LOCAL:
		route_step(f, r, control(f, locals(f))->path, e->line, "%.*s: local", (int)e->keylen, e->key);
		return;
	case REWRITE_VIRTUAL:
		route_found(&r->virtualdomain, virtualdomains, e);
		route_step(f, r, virtualdomains, e->line, "%.*s:%.*s: local, to %s", (int)e->keylen, e->key, (int)e->valuelen,
		           e->value, buf_text(&r->rewritten));
		return;
	case REWRITE_EXCLUDED:
		route_found(&r->virtualdomain, virtualdomains, e);
		route_step(f, r, virtualdomains, e->line, "%.*s: nothing after the colon: remote", (int)e->keylen, e->key);
		return;
	case REWRITE_REMOTE:
		route_step(f, r, virtualdomains, 0, "no entry for it, nor in control/locals: remote");
		return;
	}
}

int route_send(struct route_files *f, struct route *r)
{
	struct buf envnoathost = BUF(CONTROL_MAX), address = BUF(CONTROL_MAX);
	const char *path = unreadable(f);
	struct rewrite_maps maps;
	struct constmap_entry e;
	struct rewrite how;

	load_maps(f, &envnoathost, &maps);
	buf_add(&address, r->recipient.p, r->recipient.len);
	while (rewrite_step(&maps, &address, &e))
		explain_step(f, r, &e, buf_text(&address));
	rewrite(&maps, &address, &r->rewritten, &how);
	r->rewritten.failed |= buf_failed(&address) || buf_failed(&envnoathost);
	r->remote = how.how == REWRITE_EXCLUDED || how.how == REWRITE_REMOTE;
	buf_free(&address);
	buf_free(&envnoathost);
	if (path != NULL) {
		route_step(f, r, path, 0, "cannot be read: qmail-send does not start");
		return route_end(r, ROUTE_DEFERRED, "alert: cannot start: unable to read controls");
	}
	explain(f, r, &how);
	return 0;
}
