/* domain_trigger - who may call for the mail of a dial-up host. */
#include "setup/domain_trigger.h"

#include <stdio.h>
#include <string.h>

#include "setup/change.h"

/* The dial-up host of this name, or of this alias, and its entry. */
static int find(struct ctx *ctx, struct change *c, const char *host, struct caller *caller)
{
	struct domain d;

	if (change_domain(ctx, c, host, &d) < 0)
		return -1;
	if (d.form != DOMAIN_DIALUP)
		return err_perm(&ctx->err, "%s is a %s domain; nobody calls for its mail, only for that of a dial-up host", d.name.text,
		                domain_word(d.form));
	if (change_callers(ctx, c) < 0)
		return -1;
	callers_look(&c->callers, strrchr(d.home, '/') + 1, caller);
	return 0;
}

static int set_user(struct ctx *ctx, struct change *c, const struct trigger_wish *wish, struct caller *caller)
{
	const char *user = wish->user != NULL ? wish->user : caller->user;
	bool same = strcmp(user, caller->user) == 0;

	if (*user == '\0')
		return err_perm(&ctx->err, "no user has a secret for %s; name one with --user", caller->host);
	if (caller_user(&ctx->err, user) < 0)
		return -1;
	if (wish->states != NULL && !cram_parse(wish->states, strlen(wish->states), &caller->cram))
		return err_perm(&ctx->err, "invalid --states: expected %d hexadecimal digits in lower case, as export prints them", CRAM_STATES);
	if (wish->secret != NULL)
		cram_of_secret(wish->secret, &caller->cram);
	if (wish->secret == NULL && wish->states == NULL && !same && !callers_secret(&c->callers, user, &caller->cram))
		return err_perm(&ctx->err, "user %s has no secret yet", user);
	if (!same)
		memcpy(caller->user, user, strlen(user) + 1);
	/* In an import each line has its own states, and they agree. */
	if ((wish->secret != NULL || wish->states != NULL) && ctx->whole == NULL)
		callers_change_secret(&c->callers, user, &caller->cram);
	return 0;
}

static int set_from(struct ctx *ctx, const struct opt_list *from, struct caller *caller)
{
	caller->from_n = 0;
	for (int i = 0; i < from->n; i++) {
		const char *why = peer_range_parse(from->item[i], &caller->from[caller->from_n++]);

		if (why != NULL)
			return err_perm(&ctx->err, "invalid --from \"%.100s\": %s", from->item[i], why);
	}
	return 0;
}

static int change(struct ctx *ctx, struct change *c, const struct trigger_wish *wish, struct caller *caller)
{
	struct caller was = *caller;

	if (wish->off) {
		*caller = (struct caller){0};
		memcpy(caller->host, was.host, sizeof was.host);
		/* The same user, named again, keeps the secret. */
		if (wish->user != NULL && strcmp(wish->user, was.user) == 0) {
			memcpy(caller->user, was.user, sizeof was.user);
			caller->cram = was.cram;
		}
	}
	if ((wish->user != NULL || wish->secret != NULL || wish->states != NULL) && set_user(ctx, c, wish, caller) < 0)
		return -1;
	if (wish->from.n > 0 && set_from(ctx, &wish->from, caller) < 0)
		return -1;
	caller->autoturn |= wish->autoturn;
	if (caller->autoturn && caller->from_n == 0)
		return err_perm(&ctx->err, "--autoturn is for those who call from an address; name it with --from");
	callers_set(&c->callers, caller);
	return change_apply(ctx, c, ROUTING_ADD, false);
}

int domain_trigger(struct ctx *ctx, const char *host, const struct trigger_wish *wish)
{
	struct caller caller = {0};
	struct change c;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = find(ctx, &c, host, &caller);
	if (r == 0)
		r = change(ctx, &c, wish, &caller);
	explicit_bzero(&caller, sizeof caller);
	change_end(&c);
	return r;
}

int domain_trigger_asks(struct ctx *ctx, const char *host, const char *user)
{
	struct caller caller = {0};
	struct cram cram;
	struct change c;
	int r = change_look(ctx, &c);

	if (r == 0)
		r = find(ctx, &c, host, &caller);
	if (r == 0)
		r = !callers_secret(&c.callers, user != NULL ? user : caller.user, &cram);
	change_end(&c);
	return r;
}
