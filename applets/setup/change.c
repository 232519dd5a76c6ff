/* change - one administrator's command: the lock, the current files, and the plan of changes to them. */
#include "setup/change.h"

#include <unistd.h>

#include "lib/fs.h"
#include "lib/netfs.h"
#include "setup/lists.h"

int change_look(struct ctx *ctx, struct change *c)
{
	*c = (struct change){.lock = LOCKFILE_NONE};
	return conf_load(ctx, &c->conf) < 0 ? -1 : routing_load(ctx, &c->conf, &c->routing);
}

static int join(struct change *c, struct change *batch)
{
	*c = *batch;
	c->batch = batch;
	return 0;
}

static int on_network(struct ctx *ctx, const char *path)
{
	int fd, r = fs_dir_if(ctx, path, &fd);

	if (r != 0)
		return r < 0 ? -1 : 0;
	if (!netfs_is(fd))
		r = err_temp(&ctx->err, "other gateways share %s" QMAIL_HOME "/users, and %s%s is on no network file system: mount it too",
		             ctx->root, ctx->root, path);
	close(fd);
	return r;
}

/* What is made in a directory of this machine alone, all gateways accept mail for, and only this one finds it. */
static int all_mounted(struct ctx *ctx, const struct change *c)
{
	if (!c->routing.has_others)
		return 0;
	return on_network(ctx, QMAIL_HOME "/control") < 0 || on_network(ctx, c->conf.popmail) < 0 || on_network(ctx, c->conf.serialmail) < 0
	               ? -1 : 0;
}

int change_begin(struct ctx *ctx, struct change *c)
{
	if (ctx->whole != NULL)
		return join(c, ctx->whole);
	*c = (struct change){.lock = LOCKFILE_NONE};
	if (ctx_need_root(ctx) < 0 || conf_load(ctx, &c->conf) < 0 || conf_popuser(ctx, &c->conf) < 0)
		return -1;
	if (conf_lock(ctx, &c->lock) < 0 || routing_load(ctx, &c->conf, &c->routing) < 0 || all_mounted(ctx, c) < 0)
		return -1;
	c->routing.table_is_good = !ctx->dry_run; /* building the cdb checks every line before any file is replaced */
	return 0;
}

int change_logins(struct ctx *ctx, struct change *c)
{
	if (c->knows_logins)
		return 0;
	c->knows_logins = true;
	return logins_load(ctx, &c->logins);
}

int change_callers(struct ctx *ctx, struct change *c)
{
	if (c->knows_callers)
		return 0;
	c->knows_callers = true;
	return callers_load(ctx, &c->callers);
}

static int plan_logins(struct ctx *ctx, struct change *c, struct plan *plan)
{
	bool follows = logins_follows(&c->files);

	if (!follows && !c->knows_logins)
		return 0;
	if (change_logins(ctx, c) < 0)
		return -1;
	if (follows)
		logins_follow(&c->logins, &c->files);
	logins_plan(&c->logins, plan);
	return 0;
}

/* qmail-smtpd reads the file that a change makes, and no longer accepts what is not in it. */
static void warn_of_rcpthosts(struct ctx *ctx, const struct change *c)
{
	const struct routing_file *f = &c->routing.file[ROUTING_RCPTHOSTS];

	if (f->lines.changed && !f->seen.there)
		ctx_warn(ctx, "%s%s did not exist, and mail for any domain was accepted; from now on only for those in it: run qv-check",
		         ctx->root, f->path);
}

int change_apply(struct ctx *ctx, struct change *c, enum routing_direction direction, bool deliver)
{
	struct plan logins = {0}, lists = {0}, plan = {0};
	const struct routing_parts parts = {.files = &c->files, .logins = &logins, .lists = &lists, .owners = &c->owners};
	int r;

	if (c->batch != NULL) {
		c->deliver |= deliver;
		return routing_failed(&c->routing) ? err_temp(&ctx->err, "out of memory") : 0; /* the next command relies on it */
	}
	if (c->routing.file[ROUTING_ASSIGN].lines.changed && conf_reads_cdb(ctx) < 0)
		return -1;
	if (plan_logins(ctx, c, &logins) < 0 || lists_plan(ctx, &c->routing, &lists) < 0)
		return -1;
	if (c->knows_callers)
		callers_plan(&c->callers, &logins);
	warn_of_rcpthosts(ctx, c);
	routing_plan(&c->routing, direction, deliver, &parts, &plan);
	r = plan_apply(ctx, &c->conf, &plan);
	plan_free(&plan);
	return r;
}

static void leave(struct change *c)
{
	struct change *batch = c->batch;

	c->batch = NULL;
	*batch = *c;
}

void change_end(struct change *c)
{
	if (c->batch != NULL) {
		leave(c);
		return;
	}
	routing_free(&c->routing);
	plan_free(&c->files);
	plan_free(&c->owners);
	logins_free(&c->logins);
	callers_free(&c->callers);
	everywhere_free(&c->everywhere);
	lockfile_drop(&c->lock);
}

int change_domain(struct ctx *ctx, const struct change *c, const char *name, struct domain *d)
{
	struct name_domain n;

	if (name_domain(&ctx->err, name, &n) < 0)
		return -1;
	routing_look(&c->routing, &c->conf, n.text, d);
	if (d->form == DOMAIN_NONE)
		return err_perm(&ctx->err, "%s is not served here; qv-domain list shows the domains that are", n.text);
	return 0;
}
