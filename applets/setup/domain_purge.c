/* domain_purge - remove the home of a purged domain, and the boxes that no other domain uses. */
#include <string.h>

#include "box/addresses.h"
#include "box/home.h"
#include "box/used_by.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "lib/listing.h"
#include "plan/view.h"
#include "setup/domain_files.h"

static int refuse(struct ctx *ctx, const char *path)
{
	return err_perm(&ctx->err, "mail waits in %s%s; nothing was done; --force deletes this mail too", ctx->root, path);
}

struct purge {
	struct ctx *ctx;
	const struct domain *d;
	const struct boxes *b;
	bool force;
	struct plan *trees;
	struct sorted used; /* Maildirs that addresses of the customer's other domains deliver into */
};

static bool is_used(const struct purge *p, const struct box *box)
{
	size_t i = sorted_from(&p->used, box->path);

	return i < p->used.n && strcmp(p->used.at[i], box->path) == 0;
}

static int purge_box(struct purge *p, const char *name)
{
	struct box box;
	int r;

	boxes_name(p->b, name, &box);
	if (plan_find(p->trees, box.path) != NULL || is_used(p, &box))
		return 0;
	r = boxes_look(p->ctx, &box);
	if (r != 0)
		return r < 0 ? -1 : 0;
	r = p->force ? 0 : boxes_mail(p->ctx, &box);
	if (r != 0)
		return r < 0 ? -1 : refuse(p->ctx, box.path);
	return boxes_purge(p->ctx, p->b, &box, p->trees);
}

static int purge_boxes(struct purge *p)
{
	char name[NAME_MAX + 1];
	struct addresses a;
	int r = domain_addresses(p->ctx, p->d, &a);

	for (size_t i = 0; r == 0 && i < a.n; i++)
		if (address_box(buf_text(&a.address[i].text), a.address[i].text.len, p->b, name, sizeof name) != NULL)
			r = purge_box(p, name);
	addresses_free(&a);
	return r;
}

/*
 * 1: a box, or what an interrupted purge has left of one: new goes last, and behind it the directory is empty. An empty one
 * that has no box's number may be anybody's. 0; -1
 */
static int is_box(struct ctx *ctx, const struct boxes *b, const struct box *box)
{
	struct listing l = {0};
	char new[1200];
	struct stat st;
	int r;

	join(new, sizeof new, box->path, "/new", NULL);
	r = fs_stat(ctx, new, &st);
	if (r != 1)
		return r < 0 ? -1 : 1;
	if (boxes_number(b, box->name) < 0)
		return 0;
	r = fs_stat(ctx, box->path, &st);
	if (r != 0 || !S_ISDIR(st.st_mode))
		return r < 0 ? -1 : 0;
	r = listing_load(ctx, box->path, &l);
	if (r == 0)
		r = l.n == 0;
	listing_free(&l);
	return r;
}

/* Boxes that no address delivers into. */
static int purge_others(struct purge *p)
{
	struct listing l;
	struct box box;
	int r = listing_load_if(p->ctx, p->b->dir, &l);

	for (size_t i = 0; r == 0 && i < l.n; i++) {
		if (l.name[i][0] == '.')
			continue;
		boxes_name(p->b, l.name[i], &box);
		r = is_box(p->ctx, p->b, &box);
		if (r > 0)
			r = purge_box(p, l.name[i]);
	}
	listing_free(&l);
	return r < 0 ? -1 : 0;
}

static int purge_customer(struct purge *p, bool last)
{
	int r = boxes_used(p->ctx, p->b, p->d->home, &p->used);

	if (r == 0)
		r = purge_boxes(p);
	if (r == 0 && last)
		r = purge_others(p);
	sorted_free(&p->used);
	return r;
}

int domain_purge(struct ctx *ctx, const struct domain *d, bool last, bool force, struct plan *trees)
{
	struct box maildir;
	struct stat st;
	struct boxes b;
	struct purge p = {.ctx = ctx, .d = d, .b = &b, .force = force, .trees = trees, .used = SORTED(CONTROL_MAX)};
	int r = fs_stat(ctx, d->home, &st);

	if (r != 0)
		return r < 0 ? -1 : 0;
	if (d->form != DOMAIN_DIALUP && !domain_is_ours(d))
		return err_perm(&ctx->err,
		                "%s%s was not laid out by qv-domain and may contain other files; leave out --purge",
		                ctx->root, d->home);
	if (d->form == DOMAIN_POP && boxes_of_home(d->home, &b) == 0 && purge_customer(&p, last) < 0)
		return -1;
	join(maildir.path, sizeof maildir.path, d->home, "/Maildir", NULL);
	r = force ? 0 : boxes_mail(ctx, &maildir);
	if (r != 0)
		return r < 0 ? -1 : refuse(ctx, maildir.path);
	plan_remove(trees, d->home);
	return 0;
}
