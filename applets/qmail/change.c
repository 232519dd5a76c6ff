/* change - one administrator's command: the lock, the files as they are, the plan that grows from them. */
#include "qmail/change.h"

#include <unistd.h>

#include "qmail/qvpasswd.h"

int change_look(struct ctx *ctx, struct change *c)
{
	*c = (struct change){.lock = -1};
	return conf_load(ctx, &c->conf) < 0 ? -1 : routing_load(ctx, &c->conf, &c->routing);
}

static int join(struct change *c, struct change *batch)
{
	*c = *batch;
	c->batch = batch;
	return 0;
}

int change_begin(struct ctx *ctx, struct change *c)
{
	if (ctx->batch != NULL)
		return join(c, ctx->batch);
	*c = (struct change){.lock = -1};
	if (ctx_need_root(ctx) < 0 || conf_load(ctx, &c->conf) < 0 || conf_popuser(ctx, &c->conf) < 0)
		return -1;
	c->lock = conf_lock(ctx);
	return c->lock < 0 ? -1 : routing_load(ctx, &c->conf, &c->routing);
}

int change_apply(struct ctx *ctx, struct change *c, enum routing_direction direction, bool deliver)
{
	struct plan plan = {0};
	int r;

	if (c->batch != NULL) {
		c->deliver |= deliver;
		return 0;
	}
	if (qvpasswd_follow(ctx, &c->trees) < 0)
		return -1;
	routing_plan(&c->routing, direction, deliver, &c->trees, &plan);
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
	plan_free(&c->trees);
	if (c->lock >= 0)
		close(c->lock);
}

int change_domain(struct ctx *ctx, const struct change *c, const char *name, struct domain *d)
{
	struct name_domain n;

	if (name_domain(&ctx->err, name, &n) < 0)
		return -1;
	routing_look(&c->routing, &c->conf, n.text, d);
	if (d->form == DOMAIN_NONE)
		return err_perm(&ctx->err, "%s is not served here; qv-domain list shows what is", n.text);
	return 0;
}
