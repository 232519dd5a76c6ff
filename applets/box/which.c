/* which - find a box by its name, or by an address that delivers into it and into no other. */
#include "box/which.h"

#include <stdio.h>
#include <string.h>

#include "box/home.h"
#include "box/next.h"
#include "lib/join.h"
#include "plan/view.h"

enum { DOTQMAIL_FILE_MAX = 65536 }; /* popusr writes these, and root reads them at every login */

int box_of_line(const struct dotqmail_line *l, const char *home, struct box *box)
{
	const char *name, *p = l->value;
	size_t n = l->n;
	bool relative = n > 2 && memcmp(p, "./", 2) == 0;

	if (l->kind != DOTQMAIL_MAILDIR)
		return 1;
	while (n > 1 && p[n - 1] == '/')
		n--;
	if (n + strlen(home) >= sizeof box->path || memchr(p, '\0', n) != NULL || (*p != '/' && !relative))
		return 1;
	snprintf(box->path, sizeof box->path, "%s%.*s", relative ? home : "", (int)(n - relative), p + relative);
	name = strrchr(box->path, '/') + 1;
	if (*name == '\0' || strlen(name) >= sizeof box->name)
		return 1;
	join(box->name, sizeof box->name, name, NULL);
	for (char *colon = box->name; (colon = strchr(colon, ':')) != NULL;)
		*colon = '.';
	return 0;
}

int box_of_text(const char *text, size_t n, const char *home, struct box *box)
{
	struct dotqmail_line l;
	size_t boxes = 0;

	for (size_t at = 0; dotqmail_next(text, n, &at, &l);)
		if (l.kind != DOTQMAIL_FORWARD && (boxes++ > 0 || box_of_line(&l, home, box) != 0))
			return 1;
	return boxes != 1;
}

/* The domain that receives mail for this name: the name itself, or a parent that includes its sub-domains. */
static bool find_domain(const struct conf *conf, const struct routing *routing, const char *name, struct domain *d)
{
	for (const char *at = name; at != NULL; at = strchr(at, '.')) {
		at += *at == '.';
		routing_look(routing, conf, at, d);
		if (d->form != DOMAIN_NONE && (at == name || d->subdomains))
			return (d->form == DOMAIN_POP || d->form == DOMAIN_VIRTUAL) && *d->home != '\0';
	}
	return false;
}

int box_of_address(struct ctx *ctx, const struct conf *conf, const struct routing *routing,
                   struct plan *plan, const struct name_address *a, struct box *box)
{
	struct buf text = BUF(DOTQMAIL_FILE_MAX);
	struct domain d;
	char path[1200];
	int r;

	if (!find_domain(conf, routing, a->domain.text, &d) || domain_dotqmail(&d, a->local, path, sizeof path) < 0)
		return 1;
	r = plan_slurp(ctx, plan, path, &text, NULL);
	if (r == 0)
		r = box_of_text(buf_text(&text), text.len, d.home, box);
	buf_free(&text);
	return r;
}

static int of_handle(struct ctx *ctx, const struct conf *conf, struct plan *plan, const char *handle, const char *name,
                     struct box *box)
{
	struct boxes b;

	boxes_of_handle(conf, handle, &b);
	boxes_name(&b, name, box);
	return boxes_will(ctx, plan, box);
}

/* A handle may contain hyphens too. */
static int by_prefix(struct ctx *ctx, const struct conf *conf, struct plan *plan, const char *name, struct box *box)
{
	char handle[NAME_MAX + 1];
	char *hyphen;
	int r = 1;

	join(handle, sizeof handle, name, NULL);
	while (r == 1 && (hyphen = strrchr(handle, '-')) != NULL) {
		*hyphen = '\0';
		r = of_handle(ctx, conf, plan, handle, name, box);
	}
	return r;
}

/* Of all boxes with this name, in whichever home, the one that is there. */
static int among(struct ctx *ctx, struct plan *plan, const struct everywhere *e, const char *name, struct box *box)
{
	struct box other;
	int r = 1, is_there;

	for (size_t at = everywhere_last(e, name); at > 0; at = everywhere_before(e, at)) {
		join(other.name, sizeof other.name, name, NULL);
		join(other.path, sizeof other.path, everywhere_dir(e, at), "/", name, NULL);
		is_there = boxes_will(ctx, plan, &other);
		if (is_there < 0)
			return -1;
		if (is_there == 0 && r == 0 && strcmp(box->path, other.path) != 0)
			return err_perm(&ctx->err, "%s and %s%s are both named %s; name an address that delivers into only one of them",
			                other.path, ctx->root, box->path, name);
		if (is_there == 0) {
			*box = other;
			r = 0;
		}
	}
	return r;
}

int box_by_name(struct ctx *ctx, const struct conf *conf, const struct routing *routing, struct plan *plan,
                struct everywhere *e, const char *name, struct box *box)
{
	int r = by_prefix(ctx, conf, plan, name, box);

	if (r != 1)
		return r;
	return everywhere_load(ctx, conf, routing, plan, e) < 0 ? -1 : among(ctx, plan, e, name, box);
}

/* 1 if the name begins with b's handle and a hyphen, 0 if with no customer's, -1 if with another customer's. */
static int own_prefix(struct ctx *ctx, const struct conf *conf, struct plan *plan, const struct boxes *b,
                      const char *name)
{
	char handle[NAME_MAX + 1];
	struct boxes other;
	struct stat st;
	char *hyphen;
	int r;

	join(handle, sizeof handle, name, NULL);
	while ((hyphen = strrchr(handle, '-')) != NULL) {
		*hyphen = '\0';
		if (strcmp(handle, b->handle) == 0)
			return 1;
		boxes_of_handle(conf, handle, &other);
		r = plan_stat(ctx, plan, other.dir, &st);
		if (r == 0)
			return err_perm(&ctx->err,
			                "%s: box names beginning with %s- belong to customer %s (%s%s), not to %s; choose another name", name,
			                handle, handle, ctx->root, other.dir, b->handle);
		if (r < 0)
			return -1;
	}
	return 0;
}

static int check_name(struct ctx *ctx, const struct conf *conf, struct plan *plan, const struct boxes *b,
                      const char *name)
{
	struct everywhere e = {0};
	struct box other;
	int r = own_prefix(ctx, conf, plan, b, name);

	if (r != 0)
		return r < 0 ? -1 : 0;
	r = box_by_name(ctx, conf, NULL, plan, &e, name, &other);
	everywhere_free(&e);
	if (r != 0)
		return r < 0 ? -1 : 0;
	ctx_warn(ctx, "%s: another customer has a box of this name, %s%s; users must log in to both by address", name, ctx->root,
	         other.path);
	return 0;
}

int box_make(struct ctx *ctx, const struct conf *conf, const struct boxes *b, const char *name, struct plan *plan,
             struct box *box)
{
	int r = 0;

	if (name == NULL)
		return box_next(ctx, conf, b, plan, box);
	if (ctx->whole == NULL) {
		boxes_name(b, name, box);
		r = boxes_will(ctx, plan, box);
	}
	if (r < 0 || (r == 1 && check_name(ctx, conf, plan, b, name) < 0))
		return -1;
	return boxes_make(ctx, conf, b, name, plan, box);
}
