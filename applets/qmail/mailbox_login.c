/* mailbox_login - who may log in to which box: passwords given, suspended, enabled. */
#include "qmail/mailbox_login.h"

#include <string.h>

#include "qmail/box_find.h"
#include "qmail/change.h"
#include "qmail/password.h"
#include "qmail/qvpasswd.h"

/* 0, 1 there is none, -1 */
static int look_for(struct ctx *ctx, const struct change *c, const char *who, struct box *box)
{
	struct name_address a;

	if (strchr(who, '@') == NULL)
		return name_handle(&ctx->err, "box", who) < 0 ? -1 : box_by_name(ctx, &c->conf, who, box);
	return name_address(&ctx->err, who, &a) < 0 ? -1 : box_of_address(ctx, &c->conf, &c->routing, &a, box);
}

static int find(struct ctx *ctx, const struct change *c, const char *who, struct box *box)
{
	int r = look_for(ctx, c, who, box);

	if (r == 0)
		r = boxes_look(ctx, box);
	if (r == 1 && strchr(who, '@') != NULL)
		return err_perm(&ctx->err, "%s delivers into no box of its own; qv-mailbox list shows who does", who);
	if (r == 1)
		return err_perm(&ctx->err, "no box %s below %s%s; qv-mailbox list shows what there is", who, ctx->root,
		                c->conf.popmail);
	return r;
}

/* What a change is made to. */
struct account {
	struct box box;
	struct qvpasswd table;
	struct qvpasswd_login login;
};

static int account_begin(struct ctx *ctx, struct account *a)
{
	if (qvpasswd_load(ctx, &a->table) < 0)
		return -1;
	qvpasswd_look(&a->table, &a->box, &a->login);
	return 0;
}

static void account_plan(struct account *a, struct plan *plan)
{
	qvpasswd_set(&a->table, &a->box, &a->login);
	qvpasswd_plan(&a->table, plan);
}

/* A hash of today's scheme that fits is kept, so that twice is the same as once. */
static int give(struct ctx *ctx, struct qvpasswd_login *l, const char *password)
{
	if (strncmp(l->hash, "$6$", 3) == 0 && password_fits(password, l->hash))
		return 0;
	return password_hash(ctx, password, l->hash);
}

int mailbox_login_plan(struct ctx *ctx, const struct box *box, const char *password, struct plan *plan)
{
	struct account a = {.box = *box};
	int r = account_begin(ctx, &a);

	if (r == 0)
		r = give(ctx, &a.login, password);
	if (r == 0)
		account_plan(&a, plan);
	if (r == 0 && a.login.suspended)
		ctx_note(ctx, "%s stays suspended; qv-mailbox enable %s lets it log in", box->name, box->name);
	qvpasswd_free(&a.table);
	return r;
}

static int plan_suspended(struct ctx *ctx, const struct box *box, bool suspended, struct plan *plan)
{
	struct account a = {.box = *box};
	int r = account_begin(ctx, &a);

	a.login.suspended = suspended;
	if (r == 0)
		account_plan(&a, plan);
	qvpasswd_free(&a.table);
	return r;
}

int mailbox_passwd(struct ctx *ctx, const char *who, const char *password)
{
	struct change c;
	struct box box;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = find(ctx, &c, who, &box);
	if (r == 0)
		r = mailbox_login_plan(ctx, &box, password, &c.trees);
	if (r == 0)
		r = change_apply(ctx, &c, ROUTING_ADD, false);
	change_end(&c);
	return r;
}

int mailbox_suspend(struct ctx *ctx, const char *who, bool suspended)
{
	struct change c;
	struct box box;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = find(ctx, &c, who, &box);
	if (r == 0)
		r = plan_suspended(ctx, &box, suspended, &c.trees);
	if (r == 0)
		r = change_apply(ctx, &c, ROUTING_ADD, false);
	change_end(&c);
	return r;
}
