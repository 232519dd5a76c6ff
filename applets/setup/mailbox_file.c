/* mailbox_file - the .qmail file that a command of qv-mailbox changes. */
#include "setup/mailbox_file.h"

#include <string.h>

#include "box/home.h"
#include "lib/join.h"
#include "plan/view.h"
#include "setup/domain_files.h"
#include "setup/unlisted.h"

static const struct owner home_dir = {0755, (uid_t)-1, (gid_t)-1};

static int find_domain(struct ctx *ctx, struct mailbox_file *t)
{
	const char *name = t->address.domain.text;

	if (change_domain(ctx, &t->change, name, &t->domain) < 0)
		return -1;
	if (t->domain.form == DOMAIN_DIALUP)
		return err_perm(&ctx->err, "%s is a dial-up host: its mail is sent to its RELAYHOST, so it has no mailboxes here", name);
	if (t->domain.form != DOMAIN_POP && t->domain.form != DOMAIN_VIRTUAL)
		return err_perm(&ctx->err, "%s is a %s domain, so it has no mailboxes here", name, domain_word(t->domain.form));
	if (*t->domain.home == '\0')
		return err_perm(&ctx->err, "%s" QMAIL_ASSIGN ": no line +%s-: for %s; qv-domain add pop makes one", ctx->root,
		                t->domain.id, name);
	domain_boxes(&t->domain, &t->boxes);
	return domain_is_plain(&ctx->err, &t->domain);
}

static int find_file(struct ctx *ctx, struct mailbox_file *t)
{
	int r;

	if (domain_dotqmail(&t->domain, t->address.local, t->path, sizeof t->path) < 0)
		return err_perm(&ctx->err, "%s@%s: address is too long for a file name in %s", t->address.local, t->domain.name.text,
		                t->domain.home);
	r = plan_slurp(ctx, &t->change.files, t->path, &t->text, &t->seen.st);
	t->there = t->seen.there = r == 0;
	return r < 0 ? -1 : 0;
}

int mailbox_file_begin(struct ctx *ctx, struct mailbox_file *t)
{
	t->text = BUF(CONTROL_MAX);
	if (change_begin(ctx, &t->change) < 0 || find_domain(ctx, t) < 0)
		return -1;
	return find_file(ctx, t);
}

void mailbox_file_end(struct mailbox_file *t)
{
	buf_free(&t->text);
	change_end(&t->change);
}

bool mailbox_file_says(const struct mailbox_file *t, const struct buf *text)
{
	return t->there && t->text.len == text->len && memcmp(t->text.p, text->p, text->len) == 0;
}

int mailbox_file_differs(struct ctx *ctx, const struct mailbox_file *t)
{
	return err_perm(&ctx->err, "%s%s:1: already exists with different contents; edit it, or remove it with qv-mailbox del",
	                ctx->root, t->path);
}

void mailbox_file_plan(struct ctx *ctx, struct mailbox_file *t, struct buf *text)
{
	struct owner o = domain_owner(&t->change.conf, &t->domain, 0644);

	if (!t->there)
		unlisted_address(ctx, &t->address);
	if (!mailbox_file_says(t, text))
		plan_file(&t->change.files, t->path, &o, text, &t->seen);
	buf_free(text);
}

int mailbox_file_say(struct ctx *ctx, struct mailbox_file *t, struct buf *text)
{
	mailbox_file_plan(ctx, t, text);
	return change_apply(ctx, &t->change, ROUTING_ADD, false);
}

/* qmail cannot deliver into a directory that is not a Maildir. For existing addresses qv-check reports that. */
static int check_maildir(struct ctx *ctx, struct mailbox_file *t, const struct box *box)
{
	char path[sizeof box->path + 8];
	struct stat st;
	int r;

	if (t->there || plan_find(&t->change.files, box->path) != NULL)
		return 0;
	join(path, sizeof path, box->path, "/new", NULL);
	r = plan_stat(ctx, &t->change.files, path, &st);
	if (r == 1)
		return err_perm(&ctx->err, "%s%s is not a Maildir: it has no directory new; name the Maildir itself", ctx->root,
		                box->path);
	return r;
}

int mailbox_file_maildir(struct ctx *ctx, struct mailbox_file *t, const char *path, struct box *box)
{
	struct owner o = domain_owner(&t->change.conf, &t->domain, 0700);
	char parent[sizeof box->path];
	int r;

	join(box->path, sizeof box->path, path, NULL);
	join(box->name, sizeof box->name, strrchr(path, '/') + 1, NULL);
	join_part(parent, sizeof parent, path, (size_t)(strrchr(path, '/') - path));
	r = boxes_will(ctx, &t->change.files, box);
	if (r <= 0)
		return r < 0 ? -1 : check_maildir(ctx, t, box);
	if (*parent != '\0' && domain_files_dir(ctx, parent, &home_dir, &t->change.files) < 0)
		return -1;
	plan_maildir(&t->change.files, box->path, &o);
	return 0;
}
