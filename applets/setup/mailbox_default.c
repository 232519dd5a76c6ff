/* mailbox_default - set the handling of mail for unknown addresses of a domain. */
#include <stdio.h>
#include <string.h>

#include "box/addresses.h"
#include "box/which.h"
#include "setup/mailbox_change.h"
#include "setup/mailbox_file.h"
#include "setup/mailbox_target.h"

const char mailbox_discards[] = "# mail for unknown addresses is thrown away\n";

static bool is_ours(const struct mailbox_file *t)
{
	struct box box;

	return !t->there || strcmp(buf_text(&t->text), mailbox_discards) == 0 ||
	       address_forwards(buf_text(&t->text), t->text.len) ||
	       box_of_text(buf_text(&t->text), t->text.len, t->domain.home, &box) == 0;
}

static int to_box(struct ctx *ctx, struct mailbox_file *t, const char *name)
{
	struct buf text = BUF(CONTROL_MAX);
	struct box box;
	int r;

	boxes_name(&t->boxes, name, &box);
	r = boxes_will(ctx, &t->change.files, &box);
	if (r != 0)
		return r < 0 ? -1 : err_perm(&ctx->err, "no box %s: %s%s does not exist", name, ctx->root, box.path);
	buf_printf(&text, "%s/\n", box.path);
	return mailbox_file_say(ctx, t, &text);
}

static int to_maildir(struct ctx *ctx, struct mailbox_file *t, const char *path)
{
	struct buf text = BUF(CONTROL_MAX);
	struct box box;

	if (mailbox_file_maildir(ctx, t, path, &box) < 0)
		return -1;
	buf_printf(&text, "%s/\n", box.path);
	return mailbox_file_say(ctx, t, &text);
}

static int set_default(struct ctx *ctx, struct mailbox_file *t, enum mailbox_default to, const char *where, bool force)
{
	struct buf text = BUF(CONTROL_MAX);

	if (!force && !is_ours(t))
		return err_perm(&ctx->err, "%s%s:1: was written by hand; --force replaces it", ctx->root, t->path);
	switch (to) {
	case MAILBOX_BOUNCE:
		if (t->there)
			plan_remove(&t->change.files, t->path);
		return change_apply(ctx, &t->change, ROUTING_DEL, false);
	case MAILBOX_DISCARD:
		buf_str(&text, mailbox_discards);
		return mailbox_file_say(ctx, t, &text);
	case MAILBOX_ADDRESS:
		mailbox_warn_of_target(ctx, &t->change, t->path, where);
		buf_printf(&text, "&%s\n", where);
		return mailbox_file_say(ctx, t, &text);
	case MAILBOX_BOX:
		return to_box(ctx, t, where);
	case MAILBOX_MAILDIR:
		return to_maildir(ctx, t, where);
	}
	return -1;
}

/* A domain, or "PREFIX-*@DOMAIN": its addresses with this prefix. */
static int whose(struct ctx *ctx, const char *domain, struct name_address *a)
{
	if (strchr(domain, '@') == NULL)
		return name_domain(&ctx->err, domain, &a->domain);
	if (name_address(&ctx->err, domain, a) < 0)
		return -1;
	return a->many ? 0 : err_perm(&ctx->err, "%s is a single address; use qv-mailbox forward, add or del for it", domain);
}

int mailbox_default(struct ctx *ctx, const char *domain, enum mailbox_default to, const char *where, bool force)
{
	char path[NAME_PATH_MAX + 1];
	struct mailbox_file t = {.address.local = "default"};
	int r;

	if (whose(ctx, domain, &t.address) < 0 ||
	    (to == MAILBOX_ADDRESS && name_target(&ctx->err, where) < 0) ||
	    (to == MAILBOX_BOX && name_box(&ctx->err, where) < 0) ||
	    (to == MAILBOX_MAILDIR && name_maildir(&ctx->err, where, path) < 0))
		return -1;
	r = mailbox_file_begin(ctx, &t);
	if (r == 0)
		r = set_default(ctx, &t, to, to == MAILBOX_MAILDIR ? path : where, force);
	mailbox_file_end(&t);
	return r;
}
