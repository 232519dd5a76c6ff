/* export_homes - directories, .qmail files and boxes of POP customers as commands. */
#include "qmail/export_homes.h"

#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/listing.h"
#include "qmail/domain_home.h"
#include "qmail/domains.h"
#include "qmail/dotqmail.h"
#include "qmail/plan_view.h"

static const struct owner nobody = {0, (uid_t)-1, (gid_t)-1};

/* What stands in a directory; one that is missing is empty. */
static int list(struct ctx *ctx, const char *path, struct listing *all)
{
	struct stat st;
	int r = fs_stat(ctx, path, &st);

	*all = (struct listing){0};
	return r == 0 ? listing_load(ctx, path, all) : r < 0 ? -1 : 0;
}

/* The targets of a file that forwards and does nothing else, as qv-mailbox forward writes it: " a b", their number. */
static int forwards(const struct address *a, struct buf *targets)
{
	struct buf again = BUF(CONTROL_MAX);
	struct dotqmail_line l;
	struct err e;
	char target[600];
	int n = 0;

	for (size_t at = 0; n >= 0 && dotqmail_next(buf_text(&a->text), a->text.len, &at, &l); n++) {
		snprintf(target, sizeof target, "%.*s", (int)l.n, l.value);
		if (l.kind != DOTQMAIL_FORWARD || l.n >= sizeof target || name_target(&e, target) < 0)
			n = -2;
		buf_printf(&again, "&%s\n", target);
		buf_printf(targets, " %s", target);
	}
	if (n > 0 && (again.len != a->text.len || memcmp(again.p, a->text.p, again.len) != 0))
		n = -1;
	buf_free(&again);
	return n < 0 ? 0 : n;
}

/* The box that a file as qv-mailbox add writes it delivers into; NULL: it is another one. */
static const char *box_of(const struct export *x, const struct address *a, const struct boxes *b, struct box *box)
{
	char name[NAME_MAX + 1], text[1200];
	struct err e;

	if (address_box(buf_text(&a->text), a->text.len, b, name, sizeof name) == NULL || name_box(&e, name) < 0)
		return NULL;
	boxes_name(b, name, box);
	snprintf(text, sizeof text, "%s/\n", box->path);
	return strcmp(text, buf_text(&a->text)) == 0 && boxes_look(x->ctx, box) == 0 ? box->name : NULL;
}

/* A command that makes its box; of those that only deliver into one, boxes() sees that it is made. */
static const char *make_box_of(struct export *x, const struct domain *d, const struct address *a, const struct boxes *b,
                               struct box *box)
{
	char text[NAME_MAX + sizeof d->name.text + 2];

	if (box_of(x, a, b, box) == NULL)
		return NULL;
	snprintf(text, sizeof text, "%s@%s", a->local, d->name.text);
	plan_text(&x->boxes, box->path, &nobody, text);
	return box->name;
}

static void catch_all(struct export *x, const struct domain *d, const struct address *a, const struct boxes *b)
{
	struct buf targets = BUF(CONTROL_MAX);
	struct box box;

	if (box_of(x, a, b, &box) != NULL)
		buf_printf(&x->last, "mailbox default %s box %s\n", d->name.text, box.name);
	else if (forwards(a, &targets) == 1)
		buf_printf(&x->out, "mailbox default %s%s\n", d->name.text, buf_text(&targets));
	else
		export_not_address(x, d, a);
	buf_free(&targets);
}

static void address(struct export *x, const struct domain *d, const struct address *a, const struct boxes *b)
{
	struct buf targets = BUF(CONTROL_MAX);
	struct name_address checked;
	char text[NAME_MAX + sizeof d->name.text + 2];
	struct err e;
	struct box box;
	bool said;

	snprintf(text, sizeof text, "%s@%s", a->local, d->name.text);
	said = name_address(&e, text, &checked) == 0;
	if (said && make_box_of(x, d, a, b, &box) != NULL)
		buf_printf(&x->out, "mailbox add %s --box %s\n", text, box.name);
	else if (said && forwards(a, &targets) > 0)
		buf_printf(&x->out, "mailbox forward %s%s\n", text, buf_text(&targets));
	else
		export_not_address(x, d, a);
	buf_free(&targets);
}

static const struct address *find(const struct addresses *all, const char *local)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->address[i].local, local) == 0)
			return &all->address[i];
	return NULL;
}

/* The box that qv-domain add makes unless told otherwise. */
static bool is_first(struct export *x, const struct boxes *b, const char *name)
{
	char first[NAME_MAX + 8], last[900];
	struct stat st;

	snprintf(first, sizeof first, "%s-0000", b->handle);
	snprintf(last, sizeof last, "%s/.qv-last", b->dir);
	if (strcmp(name, first) != 0 || fs_stat(x->ctx, last, &st) != 0)
		return false;
	if (plan_find(&x->boxes, last) == NULL)
		plan_dir(&x->boxes, last, &nobody);
	return true;
}

/* True if the command says all of postmaster's file. */
static bool postmaster(struct export *x, const struct domain *d, const struct address *a, const struct boxes *b)
{
	struct buf targets = BUF(CONTROL_MAX);
	struct box box;
	bool whole = true;
	int n;

	if (a != NULL && make_box_of(x, d, a, b, &box) != NULL) {
		if (!is_first(x, b, box.name))
			buf_printf(&x->out, " --postmaster %s", box.name);
		return true;
	}
	n = a != NULL ? forwards(a, &targets) : 0;
	if (a == NULL) /* one that makes no box; it is deleted by the next command */
		buf_printf(&x->out, " --postmaster postmaster@%s", d->name.text);
	else if (n > 0)
		buf_printf(&x->out, " --postmaster%.*s", (int)(1 + strcspn(buf_text(&targets) + 1, " ")), buf_text(&targets));
	whole = n == 1;
	buf_free(&targets);
	return whole;
}

static void addresses(struct export *x, const struct domain *d, const struct addresses *all, const struct boxes *b)
{
	const struct address *master = find(all, "postmaster");
	bool whole;

	buf_printf(&x->out, "domain add pop %s %s", d->name.text, d->user);
	if (strcmp(d->id, d->name.text) != 0)
		buf_printf(&x->out, " --id %s", d->id);
	if (!d->subdomains)
		buf_str(&x->out, " --no-subdomains");
	whole = postmaster(x, d, master, b);
	buf_char(&x->out, '\n');
	if (master == NULL)
		buf_printf(&x->out, "mailbox del postmaster@%s\n", d->name.text);
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->address[i].local, "default") == 0)
			catch_all(x, d, &all->address[i], b);
		else if (&all->address[i] != master || !whole)
			address(x, d, &all->address[i], b);
}

int export_other_files(struct export *x, const struct domain *d, const char *const *known)
{
	char path[1200], local[NAME_MAX + 1];
	struct listing all;
	size_t k;
	int r = list(x->ctx, d->home, &all);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		for (k = 0; known[k] != NULL && strcmp(known[k], all.name[i]) != 0; k++)
			;
		if (known[k] != NULL || (d->form == DOMAIN_POP && dotqmail_local(all.name[i], local, sizeof local) == 0))
			continue;
		snprintf(path, sizeof path, "%s/%s", d->home, all.name[i]);
		export_not(x, path, "is none of qvmail's files");
	}
	listing_free(&all);
	return r;
}

int export_pop(struct export *x, const struct domain *d)
{
	static const char *const known[] = {NULL};
	struct addresses all;
	struct boxes b;

	boxes_of_handle(&x->change->conf, d->user, &b);
	if (domain_addresses(x->ctx, d, &all) < 0)
		return -1;
	if (plan_find(&x->handles, b.dir) == NULL)
		plan_text(&x->handles, b.dir, &nobody, d->name.text);
	addresses(x, d, &all, &b);
	addresses_free(&all);
	return export_other_files(x, d, known);
}

static int boxes(struct export *x, const struct plan_step *handle)
{
	const char *domain = buf_text(&handle->data);
	struct listing all;
	char path[1200];
	struct boxes b;
	struct err e;
	long last;
	int r;

	b = (struct boxes){0};
	snprintf(b.dir, sizeof b.dir, "%s", handle->path);
	r = list(x->ctx, b.dir, &all);
	for (size_t i = 0; r == 0 && i < all.n; i++) {
		snprintf(path, sizeof path, "%s/%s", b.dir, all.name[i]);
		if (strcmp(all.name[i], ".qv-last") == 0 || plan_find(&x->boxes, path) != NULL)
			continue;
		if (name_box(&e, all.name[i]) == 0)
			buf_printf(&x->out, "mailbox box %s %s\n", domain, all.name[i]);
		else
			export_not(x, path, "is no box of qvmail's");
	}
	listing_free(&all);
	if (r < 0 || boxes_last(x->ctx, NULL, &b, &last) < 0)
		return -1;
	snprintf(path, sizeof path, "%s/.qv-last", b.dir);
	if (last > 0 || (last == 0 && plan_find(&x->boxes, path) == NULL))
		buf_printf(&x->out, "mailbox box %s --used %ld\n", domain, last);
	return 0;
}

int export_boxes(struct export *x)
{
	for (size_t i = 0; i < x->handles.n; i++)
		if (boxes(x, &x->handles.step[i]) < 0)
			return -1;
	return 0;
}
