/* mailboxes - what qv-mailbox does: each is one whole change of one address' .qmail file and its box. */
#include "qmail/mailboxes.h"

#include <stdio.h>
#include <string.h>

#include "qmail/addresses.h"
#include "qmail/box_find.h"
#include "qmail/box_users.h"
#include "qmail/change.h"
#include "qmail/domain_home.h"
#include "qmail/domains.h"
#include "qmail/mailbox_login.h"
#include "qmail/plan_view.h"

const char mailbox_discards[] = "# mail for unknown addresses is thrown away\n";

static const struct owner home_dir = {0755, (uid_t)-1, (gid_t)-1};

/* One address (or a domain's default): its .qmail file as it is, and where its boxes are. */
struct target {
	struct change change;
	struct name_address address;
	struct domain domain;
	struct boxes boxes;
	char path[1200];
	bool there;
	struct plan_seen seen;
	struct buf text;
};

static int find_domain(struct ctx *ctx, struct target *t)
{
	const char *name = t->address.domain.text;

	if (change_domain(ctx, &t->change, name, &t->domain) < 0)
		return -1;
	if (t->domain.form == DOMAIN_DIALUP)
		return err_perm(&ctx->err, "%s is a dial-up host: all its mail goes to its RELAYHOST", name);
	if (t->domain.form != DOMAIN_POP && t->domain.form != DOMAIN_VIRTUAL)
		return err_perm(&ctx->err, "%s is a %s domain: it has no mailboxes here", name, domain_word(t->domain.form));
	if (*t->domain.home == '\0')
		return err_perm(&ctx->err, "%s" QMAIL_ASSIGN ": no line +%s-: for %s; qv-domain add pop makes one", ctx->root,
		                t->domain.id, name);
	domain_boxes(&t->domain, &t->boxes);
	return domain_is_plain(&ctx->err, &t->domain);
}

static int find_file(struct ctx *ctx, struct target *t)
{
	int r;

	if (domain_dotqmail(&t->domain, t->address.local, t->path, sizeof t->path) < 0)
		return err_perm(&ctx->err, "%s@%s: too long a name for a file in %s", t->address.local, t->domain.name.text,
		                t->domain.home);
	r = plan_slurp(ctx, &t->change.trees, t->path, &t->text, &t->seen.st);
	t->there = t->seen.there = r == 0;
	return r < 0 ? -1 : 0;
}

/* t->address is set; the rest is found, under the lock. target_end() either way. */
static int target_begin(struct ctx *ctx, struct target *t)
{
	t->text = BUF(CONTROL_MAX);
	if (change_begin(ctx, &t->change) < 0 || find_domain(ctx, t) < 0)
		return -1;
	return find_file(ctx, t);
}

static void target_end(struct target *t)
{
	buf_free(&t->text);
	change_end(&t->change);
}

static bool says(const struct target *t, const struct buf *text)
{
	return t->there && t->text.len == text->len && memcmp(t->text.p, text->p, text->len) == 0;
}

static int differs(struct ctx *ctx, const struct target *t)
{
	return err_perm(&ctx->err, "%s%s:1: is there already and says something else; qv-mailbox del takes it away",
	                ctx->root, t->path);
}

static void plan_say(struct target *t, struct buf *text)
{
	struct owner o = domain_owner(&t->change.conf, &t->domain, 0644);

	if (!says(t, text))
		plan_file(&t->change.trees, t->path, &o, text, &t->seen);
	buf_free(text);
}

/* The file is to say this; text is emptied. */
static int say(struct ctx *ctx, struct target *t, struct buf *text)
{
	plan_say(t, text);
	return change_apply(ctx, &t->change, ROUTING_ADD, false);
}

static int check_targets(struct ctx *ctx, char *const *target, int n)
{
	for (int i = 0; i < n; i++)
		if (name_target(&ctx->err, target[i]) < 0)
			return -1;
	return 0;
}

/* Into a directory that is none qmail would deliver nothing. Of what an address has already qv-check tells. */
static int check_maildir(struct ctx *ctx, struct target *t, const struct box *box)
{
	char path[sizeof box->path + 8];
	struct stat st;
	int r;

	if (t->there || plan_find(&t->change.trees, box->path) != NULL)
		return 0;
	snprintf(path, sizeof path, "%s/new", box->path);
	r = plan_stat(ctx, &t->change.trees, path, &st);
	if (r == 1)
		return err_perm(&ctx->err, "%s%s is no Maildir: it has no new; name the Maildir itself", ctx->root, box->path);
	return r;
}

/* A Maildir wherever it is; made when it is missing. */
static int take_maildir(struct ctx *ctx, struct target *t, const char *path, struct box *box)
{
	struct owner o = domain_owner(&t->change.conf, &t->domain, 0700);
	char parent[sizeof box->path];
	int r;

	snprintf(box->path, sizeof box->path, "%s", path);
	snprintf(box->name, sizeof box->name, "%s", strrchr(path, '/') + 1);
	snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '/') - path), path);
	r = boxes_will(ctx, &t->change.trees, box);
	if (r <= 0)
		return r < 0 ? -1 : check_maildir(ctx, t, box);
	if (*parent != '\0' && domains_dir(ctx, parent, &home_dir, &t->change.trees) < 0)
		return -1;
	plan_maildir(&t->change.trees, box->path, &o);
	return 0;
}

static int take_box(struct ctx *ctx, struct target *t, const char *name, struct box *box)
{
	char is[NAME_MAX + 1];

	if (name == NULL && t->there)
		name = address_box(buf_text(&t->text), t->text.len, &t->boxes, is, sizeof is);
	if (name == NULL && t->there)
		return differs(ctx, t);
	if (domains_boxes_dir(ctx, &t->boxes, &t->change.trees) < 0)
		return -1;
	return box_make(ctx, &t->change.conf, &t->boxes, name, &t->change.trees, box);
}

static int add(struct ctx *ctx, struct target *t, const struct mailbox_wish *wish)
{
	struct buf text = BUF(CONTROL_MAX);
	struct box box;
	int r;

	if (wish->maildir != NULL ? take_maildir(ctx, t, wish->maildir, &box) < 0 : take_box(ctx, t, wish->box, &box) < 0)
		return -1;
	buf_printf(&text, "%s/\n", box.path);
	for (int i = 0; i < wish->copies.n; i++)
		buf_printf(&text, "&%s\n", wish->copies.item[i]);
	if (t->there && !says(t, &text)) {
		buf_free(&text);
		return differs(ctx, t);
	}
	plan_say(t, &text);
	/* Who may log in comes behind the address: only then the same command, run again, finds the box that lacks its password. */
	r = wish->password != NULL ? mailbox_login_give(ctx, &t->change, &box, wish->password) : 0;
	if (r == 0)
		r = change_apply(ctx, &t->change, ROUTING_ADD, false);
	if (r == 0 && !ctx->dry_run && ctx->batch == NULL)
		printf("%s\n", wish->maildir != NULL ? wish->maildir : box.name);
	return r;
}

int mailbox_add(struct ctx *ctx, const char *address, const struct mailbox_wish *asked)
{
	struct mailbox_wish wish = *asked;
	char path[NAME_PATH_MAX + 1];
	struct target t = {0};
	int r;

	if (name_address(&ctx->err, address, &t.address) < 0 || (wish.box != NULL && name_box(&ctx->err, wish.box) < 0) ||
	    (wish.maildir != NULL && name_path(&ctx->err, wish.maildir, path) < 0) ||
	    check_targets(ctx, (char *const *)wish.copies.item, wish.copies.n) < 0)
		return -1;
	if (wish.maildir != NULL)
		wish.maildir = path;
	if (wish.box != NULL && wish.maildir != NULL)
		return err_perm(&ctx->err, "a box is one of qvmail's or a Maildir of its own: leave --box or --maildir out");
	r = target_begin(ctx, &t);
	if (r == 0)
		r = add(ctx, &t, &wish);
	target_end(&t);
	return r;
}

static int purge(struct ctx *ctx, struct target *t)
{
	char name[NAME_MAX + 1], who[PATH_MAX];
	struct box box;
	int r;

	if (address_box(buf_text(&t->text), t->text.len, &t->boxes, name, sizeof name) == NULL)
		return err_perm(&ctx->err, "%s%s:1: does not deliver into one box of %s, so there is none to purge", ctx->root,
		                t->path, t->boxes.handle);
	boxes_name(&t->boxes, name, &box);
	r = box_user(ctx, &t->boxes, &box, t->path, who, sizeof who);
	if (r == 1)
		return err_perm(&ctx->err, "%s%s delivers into %s too, so the box must stay; leave --purge out", ctx->root, who,
		                name);
	return r < 0 ? -1 : boxes_purge(ctx, &t->boxes, &box, &t->change.trees);
}

static int del(struct ctx *ctx, struct target *t, bool with_box)
{
	if (!t->there && ctx->batch != NULL) { /* by an import that was cut off and is run again */
		ctx_warn(ctx, "%s@%s: no such address, nothing to delete", t->address.local, t->domain.name.text);
		return 0;
	}
	if (!t->there)
		return err_perm(&ctx->err, "%s@%s: no such address (%s%s is not there)", t->address.local,
		                t->domain.name.text, ctx->root, t->path);
	if (with_box && purge(ctx, t) < 0)
		return -1;
	/* Behind its box: while the file is there, a deletion that was cut off can be ended. */
	plan_remove(&t->change.trees, t->path);
	return change_apply(ctx, &t->change, ROUTING_DEL, false);
}

int mailbox_del(struct ctx *ctx, const char *address, bool with_box)
{
	struct target t = {0};
	int r;

	if (with_box && ctx->batch != NULL)
		return err_perm(&ctx->err, "--purge deletes mail for good and cannot be imported");
	if (name_address(&ctx->err, address, &t.address) < 0)
		return -1;
	r = target_begin(ctx, &t);
	if (r == 0)
		r = del(ctx, &t, with_box);
	target_end(&t);
	return r;
}

/* Only what qv-mailbox forward may have written is written over. */
static int forward(struct ctx *ctx, struct target *t, char *const *target, int n)
{
	struct buf text = BUF(CONTROL_MAX);

	if (t->there && !address_forwards(buf_text(&t->text), t->text.len))
		return differs(ctx, t);
	for (int i = 0; i < n; i++)
		buf_printf(&text, "&%s\n", target[i]);
	return say(ctx, t, &text);
}

int mailbox_forward(struct ctx *ctx, const char *address, char *const *target, int n)
{
	struct target t = {0};
	int r;

	if (name_address(&ctx->err, address, &t.address) < 0 || check_targets(ctx, target, n) < 0)
		return -1;
	r = target_begin(ctx, &t);
	if (r == 0)
		r = forward(ctx, &t, target, n);
	target_end(&t);
	return r;
}

static bool is_ours(const struct target *t)
{
	struct box box;

	return !t->there || strcmp(buf_text(&t->text), mailbox_discards) == 0 ||
	       address_forwards(buf_text(&t->text), t->text.len) ||
	       box_of_text(buf_text(&t->text), t->text.len, t->domain.home, &box) == 0;
}

static int to_box(struct ctx *ctx, struct target *t, const char *name)
{
	struct buf text = BUF(CONTROL_MAX);
	struct box box;
	int r;

	boxes_name(&t->boxes, name, &box);
	r = boxes_will(ctx, &t->change.trees, &box);
	if (r != 0)
		return r < 0 ? -1 : err_perm(&ctx->err, "no box %s: %s%s is not there", name, ctx->root, box.path);
	buf_printf(&text, "%s/\n", box.path);
	return say(ctx, t, &text);
}

static int to_maildir(struct ctx *ctx, struct target *t, const char *path)
{
	struct buf text = BUF(CONTROL_MAX);
	struct box box;

	if (take_maildir(ctx, t, path, &box) < 0)
		return -1;
	buf_printf(&text, "%s/\n", box.path);
	return say(ctx, t, &text);
}

static int set_default(struct ctx *ctx, struct target *t, enum mailbox_default to, const char *where, bool force)
{
	struct buf text = BUF(CONTROL_MAX);

	if (!force && !is_ours(t))
		return err_perm(&ctx->err, "%s%s:1: was written by hand; --force puts another in its place", ctx->root, t->path);
	switch (to) {
	case MAILBOX_BOUNCE:
		if (t->there)
			plan_remove(&t->change.trees, t->path);
		return change_apply(ctx, &t->change, ROUTING_DEL, false);
	case MAILBOX_DISCARD:
		buf_str(&text, mailbox_discards);
		return say(ctx, t, &text);
	case MAILBOX_ADDRESS:
		buf_printf(&text, "&%s\n", where);
		return say(ctx, t, &text);
	case MAILBOX_BOX:
		return to_box(ctx, t, where);
	case MAILBOX_MAILDIR:
		return to_maildir(ctx, t, where);
	}
	return -1;
}

int mailbox_default(struct ctx *ctx, const char *domain, enum mailbox_default to, const char *where, bool force)
{
	char path[NAME_PATH_MAX + 1];
	struct target t = {.address.local = "default"};
	int r;

	if (name_domain(&ctx->err, domain, &t.address.domain) < 0 ||
	    (to == MAILBOX_ADDRESS && name_target(&ctx->err, where) < 0) ||
	    (to == MAILBOX_BOX && name_box(&ctx->err, where) < 0) ||
	    (to == MAILBOX_MAILDIR && name_path(&ctx->err, where, path) < 0))
		return -1;
	r = target_begin(ctx, &t);
	if (r == 0)
		r = set_default(ctx, &t, to, to == MAILBOX_MAILDIR ? path : where, force);
	target_end(&t);
	return r;
}
