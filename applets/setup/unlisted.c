/* unlisted - warnings of lists of valid recipients. */
#include "setup/unlisted.h"

#include <stdio.h>
#include <string.h>

#include "qmail/recipients.h"

static void warn(struct ctx *ctx, const char *path, const char *those_of, const char *name)
{
	ctx_warn(ctx, "%s%s exists: a qmail-smtpd that reads it refuses every recipient that it does not list; add %s%s", ctx->root,
	         path, those_of, name);
}

void unlisted_domain(struct ctx *ctx, const char *name)
{
	const char *path;
	size_t at = 0;

	while (ctx->whole == NULL && (path = recipients_next(ctx, &at)) != NULL)
		warn(ctx, path, "those of ", name);
}

void unlisted_address(struct ctx *ctx, const struct name_address *a)
{
	char address[NAME_LOCAL_MAX + NAME_DOMAIN_MAX + 8];
	bool others = strcmp(a->local, "default") == 0;
	const char *path;
	size_t at = 0;

	if (ctx->whole != NULL)
		return;
	name_whole(a->local, a->domain.text, address, sizeof address);
	do {
		path = recipients_next(ctx, &at);
	} while (path != NULL && recipients_has(ctx, path, others ? "" : address, a->domain.text));
	if (path != NULL)
		warn(ctx, path, others || a->many ? "those of " : "", others ? a->domain.text : address);
}
