/* mailbox_login - set the password of a box, suspend and enable it. */
#include "setup/mailbox_login.h"

#include <string.h>

#include "box/password.h"
#include "box/which.h"
#include "lib/join.h"

/* 0, 1: not found, -1 */
static int look_for(struct ctx *ctx, struct change *c, const char *who, struct box *box)
{
	struct name_address a;

	if (strchr(who, '@') == NULL)
		return name_box(&ctx->err, who) < 0 ? -1 : box_by_name(ctx, &c->conf, &c->routing, &c->files, &c->everywhere, who, box);
	if (name_address(&ctx->err, who, &a) < 0)
		return -1;
	if (a.many)
		return err_perm(&ctx->err, "%s stands for many addresses and cannot be used to log in; name the box", who);
	return box_of_address(ctx, &c->conf, &c->routing, &c->files, &a, box);
}

static int find(struct ctx *ctx, struct change *c, const char *who, struct box *box)
{
	int r = look_for(ctx, c, who, box);

	if (r == 0)
		r = boxes_will(ctx, &c->files, box);
	if (r == 1 && strchr(who, '@') != NULL)
		return err_perm(&ctx->err, "%s does not deliver into a box of its own; qv-mailbox list shows the addresses that do", who);
	if (r == 1)
		return err_perm(&ctx->err, "no box %s below %s%s; qv-mailbox list shows the boxes", who, ctx->root,
		                c->conf.popmail);
	return r;
}

/* The requested changes to one box. */
struct wish {
	const char *password, *hash; /* NULL: unchanged */
	int suspended;               /* -1: unchanged */
};

/* A matching hash in the current scheme is kept, so that repeating a command changes nothing. */
static int set_owner(struct ctx *ctx, struct logins_login *l, const char *password)
{
	if (strncmp(l->hash, "$6$", 3) == 0 && password_fits(password, l->hash))
		return 0;
	return password_hash(ctx, password, l->hash);
}

static int grant(struct ctx *ctx, struct change *c, const char *who, const struct box *box, const struct wish *wish)
{
	struct logins_login l;

	if (change_logins(ctx, c) < 0)
		return -1;
	logins_look(&c->logins, box, &l);
	if (wish->password != NULL && set_owner(ctx, &l, wish->password) < 0)
		return -1;
	if (wish->hash != NULL)
		join(l.hash, sizeof l.hash, wish->hash, NULL);
	if (wish->suspended >= 0)
		l.suspended = wish->suspended > 0;
	logins_set(&c->logins, box, &l);
	if (wish->suspended < 0 && l.suspended)
		ctx_info(ctx, "%s stays suspended; qv-mailbox enable %s lets it log in", who, who);
	return 0;
}

int mailbox_login_give(struct ctx *ctx, struct change *c, const struct box *box, const char *password)
{
	return grant(ctx, c, box->name, box, &(struct wish){.password = password, .suspended = -1});
}

static int grant_to(struct ctx *ctx, const char *who, const struct wish *wish)
{
	struct change c;
	struct box box;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = find(ctx, &c, who, &box);
	if (r == 0)
		r = grant(ctx, &c, who, &box, wish);
	if (r == 0)
		r = change_apply(ctx, &c, ROUTING_ADD, false);
	change_end(&c);
	return r;
}

int mailbox_login_look(struct ctx *ctx, const char *who)
{
	struct change c;
	struct box box;
	int r = change_look(ctx, &c);

	if (r == 0)
		r = find(ctx, &c, who, &box);
	change_end(&c);
	return r;
}

int mailbox_passwd(struct ctx *ctx, const char *who, const char *password)
{
	return grant_to(ctx, who, &(struct wish){.password = password, .suspended = -1});
}

int mailbox_hash(struct ctx *ctx, const char *who, const char *hash)
{
	char why[PWHASH_WHY];

	if (!pwhash_ok(hash, strlen(hash))) {
		pwhash_why(hash, strlen(hash), why);
		return err_perm(&ctx->err, "invalid password hash for %s: %s", who, why);
	}
	return grant_to(ctx, who, &(struct wish){.hash = hash, .suspended = -1});
}

int mailbox_suspend(struct ctx *ctx, const char *who, bool suspended)
{
	return grant_to(ctx, who, &(struct wish){.suspended = suspended});
}
