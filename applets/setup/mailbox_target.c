/* mailbox_target - does the address exist that mail is to be forwarded to? */
#include "setup/mailbox_target.h"

#include <stdio.h>
#include <string.h>

#include "plan/view.h"
#include "qmail/dotqmail.h"
#include "qmail/names.h"
#include "routing/where.h"

/* A line of virtualdomains or users/assign that is more to the point than the domain's: others decide. */
static bool is_taken(const struct routing *r, const struct name_address *a, const struct domain *d)
{
	char key[2 * NAME_DOMAIN_MAX + NAME_LOCAL_MAX + 8];

	snprintf(key, sizeof key, "%s@%s", a->local, a->domain.text);
	if (routing_line(r, ROUTING_VIRTUALDOMAINS, key) != LINES_NONE)
		return true;
	for (const char *kind = "=+"; *kind != '\0'; kind++) {
		snprintf(key, sizeof key, "%c%s-%s", *kind, d->id, a->local);
		if (routing_line(r, ROUTING_ASSIGN, key) != LINES_NONE)
			return true;
	}
	return false;
}

/* Also where it cannot be looked for. */
static bool is_there(struct ctx *ctx, struct change *c, const struct domain *d, const char *local)
{
	struct buf name = BUF(PATH_MAX);
	char path[PATH_MAX];
	bool found = false;
	struct stat st;

	for (size_t at = 0; !found && dotqmail_candidate(d->dash, local, &at, &name);) {
		snprintf(path, sizeof path, "%s/%s", d->home, buf_text(&name));
		found = plan_stat(ctx, &c->files, path, &st) != 1;
	}
	ctx->err = (struct err){0};
	buf_free(&name);
	return found;
}

void mailbox_warn_of_nobody(struct ctx *ctx, struct change *c, const char *target)
{
	struct name_address a;
	struct domain d;

	if (ctx->whole != NULL || name_address(&ctx->err, target, &a) < 0) {
		ctx->err = (struct err){0};
		return;
	}
	routing_look(&c->routing, &c->conf, a.domain.text, &d);
	if ((d.form != DOMAIN_POP && d.form != DOMAIN_DIALUP) || strcmp(d.dash, "-") != 0 || *d.ext != '\0')
		return;
	if (!is_taken(&c->routing, &a, &d) && !is_there(ctx, c, &d, a.local))
		ctx_warn(ctx, "%s: no such address here: mail that is forwarded to it bounces until it exists", target);
}
