/* export_homes - directories, .qmail files and boxes of POP customers as commands. */
#include "move/export_homes.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "box/home.h"
#include "lib/fs.h"
#include "lib/held.h"
#include "lib/join.h"
#include "lib/listing.h"

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
	struct export_path *handle = export_paths_find(&x->handles, b->dir);
	char first[NAME_MAX + 8];
	struct stat st;

	join(first, sizeof first, b->handle, "-0000", NULL);
	if (handle == NULL || strcmp(name, first) != 0 || fstatat(x->pop, ".qv-last", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	handle->numbered = true;
	return true;
}

/* The command's words about postmaster, to the end of its line; true if they express the whole file. */
static bool postmaster(struct export *x, const struct domain *d, const struct address *a, const struct boxes *b)
{
	struct export_file f = {0};
	bool said = a != NULL && export_file(x, b, a, &f);
	bool box = said && f.kind != NULL && strcmp(f.kind, "box") == 0 && f.n == 0;
	bool whole = box || (said && f.kind == NULL && f.n == 1);

	if (box && !is_first(x, b, f.where))
		buf_printf(&x->out, " --postmaster %s", f.where);
	else if (said && f.kind == NULL)
		buf_printf(&x->out, " --postmaster %.*s", (int)strcspn(buf_text(&f.targets) + 1, " "), buf_text(&f.targets) + 1);
	else if (a == NULL || (said && !box)) /* one that makes no box, and goes at once */
		buf_printf(&x->out, " --postmaster postmaster@%s\nmailbox del postmaster@%s", d->name.text, d->name.text);
	buf_char(&x->out, '\n');
	if (box)
		export_made_for(x, f.path, d, a);
	export_file_free(&f);
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
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->address[i].local, "default") == 0)
			export_default(x, d, &all->address[i], b);
		else if (&all->address[i] != master || !whole)
			export_address(x, d, &all->address[i], b);
}

static void not_ours(struct export *x, const struct domain *d, const char *name)
{
	char path[1200];

	join(path, sizeof path, d->home, "/", name, NULL);
	export_not(x, path, "is not one of qvmail's files");
}

int export_other_files(struct export *x, const struct domain *d, const char *const *known)
{
	struct listing all;
	size_t k;
	int r = listing_load_if(x->ctx, d->home, &all);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		for (k = 0; known[k] != NULL && strcmp(known[k], all.name[i]) != 0; k++)
			;
		if (known[k] == NULL)
			not_ours(x, d, all.name[i]);
	}
	listing_free(&all);
	return r < 0 ? -1 : 0;
}

void export_handle(struct export *x, const struct boxes *b, const struct domain *d)
{
	export_paths_add(&x->handles, b->dir, d->name.text, false);
}

int export_pop(struct export *x, const struct domain *d)
{
	static const char *const known[] = {NULL};
	struct addresses all;
	struct boxes b;
	struct err e;

	boxes_of_handle(&x->change->conf, d->user, &b);
	if (domain_addresses(x->ctx, d, &all) < 0)
		return -1;
	export_handle(x, &b, d);
	if (fs_dir_if(x->ctx, b.dir, &x->pop) != 0)
		x->pop = -1; /* boxes() reports it */
	addresses(x, d, &all, &b);
	if (x->pop >= 0)
		close(x->pop);
	for (size_t i = 0; i < all.others.n; i++)
		not_ours(x, d, all.others.at[i]);
	addresses_free(&all);
	return domain_is_plain(&e, d) == 0 ? 0 : export_other_files(x, d, known);
}

static int boxes(struct export *x, const struct export_path *handle)
{
	const char *domain = handle->text;
	struct listing all = {0};
	struct held pop = {0};
	char path[1200];
	struct boxes b;
	struct err e;
	long last;
	int fd, r;

	b = (struct boxes){0};
	join(b.dir, sizeof b.dir, handle->path, NULL);
	r = fs_dir_if(x->ctx, b.dir, &fd);
	if (r == 0)
		r = listing_read(x->ctx, b.dir, fd, &all);
	held_take(x->ctx, &pop, b.dir, fd);
	for (size_t i = 0; r == 0 && i < all.n; i++) {
		join(path, sizeof path, b.dir, "/", all.name[i], NULL);
		if (strcmp(all.name[i], ".qv-last") == 0 || export_paths_find(&x->boxes, path) != NULL)
			continue;
		if (name_box(&e, all.name[i]) < 0) {
			export_not(x, path, "is not a mailbox of qvmail's");
			continue;
		}
		buf_printf(&x->out, "mailbox box %s %s\n", domain, all.name[i]);
		export_made(x, path);
	}
	listing_free(&all);
	if (r >= 0)
		r = boxes_last(x->ctx, NULL, &b, &last);
	held_end(x->ctx, &pop);
	if (r < 0)
		return -1;
	if (last > 0 || (last == 0 && !handle->numbered))
		buf_printf(&x->out, "mailbox box %s --used %ld\n", domain, last);
	return 0;
}

/* export_halves() */
static int some_boxes(struct export *x, size_t from, size_t to)
{
	for (size_t i = from; i < to && i < x->handles.n; i++)
		if (boxes(x, &x->handles.path[i]) < 0)
			return -1;
	return 0;
}

int export_boxes(struct export *x)
{
	return export_halves(x, x->handles.n / 2, some_boxes);
}
