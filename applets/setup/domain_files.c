/* domain_files - the directories and .qmail files that a domain needs, as steps of a plan. */
#include "setup/domain_files.h"

#include <stdio.h>
#include <string.h>

#include "box/addresses.h"
#include "box/next.h"
#include "box/which.h"
#include "dialup/marks.h"
#include "lib/join.h"
#include "plan/view.h"
#include "qmail/quota.h"

static const struct owner root_dir = {0755, (uid_t)-1, (gid_t)-1};
static const struct owner root_file = {0644, (uid_t)-1, (gid_t)-1};

static struct owner popusr(const struct conf *conf, mode_t mode)
{
	return (struct owner){mode, conf->uid, conf->gid};
}

void domain_files_home(const struct conf *conf, struct domain *d)
{
	if (d->form == DOMAIN_POP)
		join(d->home, sizeof d->home, conf->popmail, "/", (char[]){d->user[0], '\0'}, "/", d->user, "/DOMAINS/", d->name.text, NULL);
	else
		join(d->home, sizeof d->home, conf->serialmail, "/", d->name.text, NULL);
}

int domain_files_dir(struct ctx *ctx, const char *path, const struct owner *o, struct plan *trees)
{
	char parent[900];
	const char *slash = strrchr(path, '/');
	struct stat st;
	int r = plan_stat(ctx, trees, path, &st);

	if (r < 0)
		return -1;
	if (r == 0 && !S_ISDIR(st.st_mode) && !S_ISLNK(st.st_mode))
		return err_perm(&ctx->err, "%s%s exists but is not a directory; move it away first", ctx->root, path);
	if (r == 0)
		return 0;
	if (slash != path) {
		join_part(parent, sizeof parent, path, (size_t)(slash - path));
		if (domain_files_dir(ctx, parent, &root_dir, trees) < 0)
			return -1;
	}
	plan_dir(trees, path, o);
	return 0;
}

int domain_files_boxes_dir(struct ctx *ctx, const struct boxes *b, struct plan *trees)
{
	return b->foreign ? domain_files_dir(ctx, b->dir, &root_dir, trees) : 0;
}

static const char *const any_text = NULL;
static const char edit[] = "edit or remove it first";

/* Make a missing file with this text. Another text is an error that ends with advice, or is kept if advice is any_text. */
static int make_file(struct ctx *ctx, const char *dir, const char *name, const struct owner *o, const char *text,
                     const char *advice, struct plan *trees)
{
	struct buf old = BUF(CONTROL_MAX);
	char path[900];
	int r;

	join(path, sizeof path, dir, "/", name, NULL);
	r = plan_slurp(ctx, trees, path, &old, NULL);
	if (r == 1)
		plan_text(trees, path, o, text);
	else if (r == 0 && advice != any_text && (old.len != strlen(text) || memcmp(old.p, text, old.len) != 0))
		r = err_perm(&ctx->err, "%s%s:1: already exists with different contents; %s", ctx->root, path, advice);
	buf_free(&old);
	return r < 0 ? -1 : 0;
}

/* The text of a new .qmail-postmaster. */
static int postmaster_text(struct ctx *ctx, const struct conf *conf, const struct boxes *b, const char *postmaster,
                           struct plan *trees, char *text, size_t size)
{
	struct box box;

	if (postmaster != NULL && strchr(postmaster, '@') != NULL) {
		join(text, size, "&", postmaster, "\n", NULL);
		return name_target(&ctx->err, postmaster);
	}
	if (postmaster == NULL) {
		if (box_first(ctx, conf, b, trees, &box) < 0)
			return -1;
	} else if (name_box(&ctx->err, postmaster) < 0 || box_make(ctx, conf, b, postmaster, trees, &box) < 0) {
		return -1;
	}
	join(text, size, box.path, "/\n", NULL);
	return 0;
}

/*
 * The number is recorded after the address, see box/next.h. An interrupted run may have left an address without its box:
 * the number of that box is not marked as used yet.
 */
static int finish_box(struct ctx *ctx, const struct conf *conf, const struct boxes *b, const char *text,
                      struct plan *trees)
{
	char name[NAME_MAX + 1];
	struct box box;
	long last;

	if (address_box(text, strlen(text), b, name, sizeof name) == NULL)
		return 0;
	if (boxes_last(ctx, trees, b, &last) < 0)
		return -1;
	if (boxes_number(b, name) > last && boxes_make(ctx, conf, b, name, trees, &box) < 0)
		return -1;
	boxes_name(b, name, &box);
	return box_use_up(ctx, b, &box, trees);
}

/* text becomes the existing text of .qmail-postmaster, or the one to be written. */
static int make_postmaster(struct ctx *ctx, const struct conf *conf, const struct domain *d,
                           const struct domain_files *files, struct plan *trees, char *text, size_t size)
{
	struct owner o = popusr(conf, 0644);
	struct buf old = BUF(CONTROL_MAX);
	char path[900];
	struct boxes b;
	int r;

	boxes_of_handle(conf, d->user, &b);
	join(path, sizeof path, d->home, "/.qmail-postmaster", NULL);
	r = plan_slurp(ctx, trees, path, &old, NULL);
	join(text, size, buf_text(&old), NULL);
	buf_free(&old);
	if (r == 1 || files->postmaster != NULL) {
		r = postmaster_text(ctx, conf, &b, files->postmaster, trees, text, size);
		if (r == 0)
			r = make_file(ctx, d->home, ".qmail-postmaster", &o, text, edit, trees);
	}
	return r == 0 && files->postmaster == NULL ? finish_box(ctx, conf, &b, text, trees) : r;
}

static int make_pop(struct ctx *ctx, const struct conf *conf, const struct domain *d, const struct domain_files *files,
                    struct plan *trees)
{
	struct owner home = popusr(conf, 0755), file = popusr(conf, 0644);
	char text[1200];
	struct boxes b;

	boxes_of_handle(conf, d->user, &b);
	if (domain_files_dir(ctx, b.dir, &root_dir, trees) < 0 || domain_files_dir(ctx, d->home, &home, trees) < 0)
		return -1;
	if (make_postmaster(ctx, conf, d, files, trees, text, sizeof text) < 0)
		return -1;
	return files->catch_all ? make_file(ctx, d->home, ".qmail-default", &file, text, edit, trees) : 0;
}

int domain_files_relayhost(struct err *e, const struct opt_list *hosts, struct buf *text)
{
	for (int i = 0; i < hosts->n; i++) {
		if (name_relay(e, hosts->item[i]) < 0)
			return -1;
		buf_printf(text, "%s\n", hosts->item[i]);
	}
	return 0;
}

static int make_relayhost(struct ctx *ctx, const struct domain *d, const struct opt_list *hosts, struct plan *trees)
{
	static const char change[] = "use qv-domain relayhost to change it";
	struct buf text = BUF(8192);
	int r = domain_files_relayhost(&ctx->err, hosts, &text);

	if (hosts->n == 0)
		buf_printf(&text, "%s\n", d->name.text);
	if (r == 0 && buf_failed(&text))
		r = err_temp(&ctx->err, "out of memory");
	if (r == 0)
		r = make_file(ctx, d->home, "RELAYHOST", &root_file, buf_text(&text), hosts->n == 0 ? any_text : change, trees);
	buf_free(&text);
	return r;
}

static int make_marks(struct ctx *ctx, const struct domain *d, const struct domain_files *files, struct plan *trees)
{
	static const char edit_quota[] = "use qv-domain quota to change it";
	char seconds[32], quota[64];

	snprintf(seconds, sizeof seconds, "%ld\n", files->lifetime);
	if (files->on_demand && make_file(ctx, d->home, DOMAIN_ON_DEMAND, &root_file, "", any_text, trees) < 0)
		return -1;
	if (files->lifetime >= 0 && make_file(ctx, d->home, DOMAIN_LIFETIME, &root_file, seconds, edit, trees) < 0)
		return -1;
	join(quota, sizeof quota, files->quota != NULL ? files->quota : "", "\n", NULL);
	if (files->quota != NULL && make_file(ctx, d->home, QUOTA_FILE, &root_file, quota, edit_quota, trees) < 0)
		return -1;
	return 0;
}

/* Marks first: mail for an on-demand host must never be sent before it is requested. */
static int make_dialup(struct ctx *ctx, const struct conf *conf, const struct domain *d,
                       const struct domain_files *files, struct plan *trees)
{
	struct owner home = popusr(conf, 0755), maildir = popusr(conf, 0700), file = popusr(conf, 0644);
	char path[900];

	if (domain_files_dir(ctx, d->home, &home, trees) < 0 || make_marks(ctx, d, files, trees) < 0 ||
	    make_relayhost(ctx, d, &files->relayhosts, trees) < 0)
		return -1;
	join(path, sizeof path, d->home, "/Maildir", NULL);
	switch (plan_stat(ctx, trees, path, &(struct stat){0})) {
	case -1:
		return -1;
	case 1:
		plan_maildir(trees, path, &maildir);
	}
	return make_file(ctx, d->home, ".qmail-default", &file, "./Maildir/\n", edit, trees);
}

int domain_files_make(struct ctx *ctx, const struct conf *conf, const struct domain *d,
                      const struct domain_files *files, struct plan *trees)
{
	if (d->form == DOMAIN_POP)
		return make_pop(ctx, conf, d, files, trees);
	if (d->form == DOMAIN_VIRTUAL)
		return domain_files_dir(ctx, d->home, &(struct owner){0755, d->uid, d->gid}, trees);
	return d->form == DOMAIN_DIALUP ? make_dialup(ctx, conf, d, files, trees) : 0;
}
