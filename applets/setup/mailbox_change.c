/* mailbox_change - the changes of qv-mailbox: each function changes one address' .qmail file and its box. */
#include "setup/mailbox_change.h"

#include <stdio.h>

#include "box/addresses.h"
#include "box/next.h"
#include "box/used_by.h"
#include "box/which.h"
#include "setup/domain_files.h"
#include "setup/mailbox_file.h"
#include "setup/mailbox_target.h"
#include "setup/mailbox_login.h"

static int check_targets(struct ctx *ctx, char *const *target, int n)
{
	for (int i = 0; i < n; i++)
		if (name_target(&ctx->err, target[i]) < 0)
			return -1;
	return 0;
}

static int take_box(struct ctx *ctx, struct mailbox_file *t, const char *name, struct box *box)
{
	char is[NAME_MAX + 1];

	if (name == NULL && t->there)
		name = address_box(buf_text(&t->text), t->text.len, &t->boxes, is, sizeof is);
	if (name == NULL && t->there)
		return mailbox_file_differs(ctx, t);
	if (domain_files_boxes_dir(ctx, &t->boxes, &t->change.files) < 0)
		return -1;
	return box_make(ctx, &t->change.conf, &t->boxes, name, &t->change.files, box);
}

static int add(struct ctx *ctx, struct mailbox_file *t, const struct mailbox_wish *wish)
{
	struct buf text = BUF(CONTROL_MAX);
	struct box box;
	int r;

	if (wish->maildir != NULL ? mailbox_file_maildir(ctx, t, wish->maildir, &box) < 0 : take_box(ctx, t, wish->box, &box) < 0)
		return -1;
	buf_printf(&text, "%s/\n", box.path);
	for (int i = 0; i < wish->copies.n; i++) {
		mailbox_warn_of_target(ctx, &t->change, t->path, wish->copies.item[i]);
		buf_printf(&text, "&%s\n", wish->copies.item[i]);
	}
	if (t->there && !mailbox_file_says(t, &text)) {
		buf_free(&text);
		return mailbox_file_differs(ctx, t);
	}
	mailbox_file_plan(ctx, t, &text);
	if (wish->box == NULL && wish->maildir == NULL && box_use_up(ctx, &t->boxes, &box, &t->change.files) < 0)
		return -1;
	/* The password comes after the address, so that the same command, run again, finds a box whose password is missing. */
	r = wish->password != NULL ? mailbox_login_give(ctx, &t->change, &box, wish->password) : 0;
	if (r == 0)
		r = change_apply(ctx, &t->change, ROUTING_ADD, false);
	if (r == 0 && !ctx->dry_run && ctx->whole == NULL)
		printf("%s\n", wish->maildir != NULL ? wish->maildir : box.name);
	return r;
}

int mailbox_add(struct ctx *ctx, const char *address, const struct mailbox_wish *asked)
{
	struct mailbox_wish wish = *asked;
	char path[NAME_PATH_MAX + 1];
	struct mailbox_file t = {0};
	int r;

	if (name_address(&ctx->err, address, &t.address) < 0 || (wish.box != NULL && name_box(&ctx->err, wish.box) < 0) ||
	    (wish.maildir != NULL && name_maildir(&ctx->err, wish.maildir, path) < 0) ||
	    check_targets(ctx, (char *const *)wish.copies.item, wish.copies.n) < 0)
		return -1;
	if (wish.maildir != NULL)
		wish.maildir = path;
	if (wish.box != NULL && wish.maildir != NULL)
		return err_perm(&ctx->err, "--box and --maildir cannot be combined; leave out one of them");
	r = mailbox_file_begin(ctx, &t);
	if (r == 0)
		r = add(ctx, &t, &wish);
	mailbox_file_end(&t);
	return r;
}

static int purge(struct ctx *ctx, struct mailbox_file *t)
{
	char name[NAME_MAX + 1], who[PATH_MAX];
	struct box box;
	int r;

	if (address_box(buf_text(&t->text), t->text.len, &t->boxes, name, sizeof name) == NULL)
		return err_perm(&ctx->err, "%s%s:1: does not deliver into exactly one box of %s; leave out --purge", ctx->root,
		                t->path, t->boxes.handle);
	boxes_name(&t->boxes, name, &box);
	r = box_user(ctx, &t->boxes, &box, t->path, who, sizeof who);
	if (r == 1)
		return err_perm(&ctx->err, "%s%s delivers into %s too, so the box must be kept; leave out --purge", ctx->root, who,
		                name);
	return r < 0 ? -1 : boxes_purge(ctx, &t->boxes, &box, &t->change.files);
}

static int del(struct ctx *ctx, struct mailbox_file *t, bool with_box)
{
	if (!t->there && ctx->whole != NULL) { /* by an interrupted import that is run again */
		ctx_warn(ctx, "%s@%s: no such address, nothing to delete", t->address.local, t->domain.name.text);
		return 0;
	}
	if (!t->there)
		return err_perm(&ctx->err, "%s@%s: no such address (%s%s does not exist)", t->address.local,
		                t->domain.name.text, ctx->root, t->path);
	if (with_box && purge(ctx, t) < 0)
		return -1;
	/* After its box: while the file exists, an interrupted deletion can be completed. */
	plan_remove(&t->change.files, t->path);
	return change_apply(ctx, &t->change, ROUTING_DEL, false);
}

int mailbox_del(struct ctx *ctx, const char *address, bool with_box)
{
	struct mailbox_file t = {0};
	int r;

	if (with_box && ctx->whole != NULL)
		return err_perm(&ctx->err, "--purge deletes mail permanently and cannot be imported");
	if (name_address(&ctx->err, address, &t.address) < 0)
		return -1;
	r = mailbox_file_begin(ctx, &t);
	if (r == 0)
		r = del(ctx, &t, with_box);
	mailbox_file_end(&t);
	return r;
}

/* Only text that qv-mailbox forward may have written is overwritten. */
static int forward(struct ctx *ctx, struct mailbox_file *t, char *const *target, int n)
{
	struct buf text = BUF(CONTROL_MAX);

	if (t->there && !address_forwards(buf_text(&t->text), t->text.len))
		return mailbox_file_differs(ctx, t);
	for (int i = 0; i < n; i++) {
		mailbox_warn_of_target(ctx, &t->change, t->path, target[i]);
		buf_printf(&text, "&%s\n", target[i]);
	}
	return mailbox_file_say(ctx, t, &text);
}

int mailbox_forward(struct ctx *ctx, const char *address, char *const *target, int n)
{
	struct mailbox_file t = {0};
	int r;

	if (name_address(&ctx->err, address, &t.address) < 0 || check_targets(ctx, target, n) < 0)
		return -1;
	r = mailbox_file_begin(ctx, &t);
	if (r == 0)
		r = forward(ctx, &t, target, n);
	mailbox_file_end(&t);
	return r;
}
