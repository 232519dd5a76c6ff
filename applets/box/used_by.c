/* used_by - find the address that delivers into a box, in all domains of its customer. */
#include "box/used_by.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "box/addresses.h"
#include "lib/dents.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/dotqmail.h"

struct search {
	const struct box *box; /* NULL: all of them, into paths */
	const char *except;
	char *who;
	size_t size;
	struct sorted *paths;
};

static void take_all(const struct address *a, struct sorted *paths)
{
	struct dotqmail_line l;

	for (size_t at = 0; dotqmail_next(buf_text(&a->text), a->text.len, &at, &l);) {
		if (l.kind != DOTQMAIL_MAILDIR)
			continue;
		while (l.n > 1 && l.value[l.n - 1] == '/')
			l.n--;
		sorted_add(paths, l.value, l.n);
	}
}

static int search_home(struct ctx *ctx, const struct search *s, const char *home)
{
	struct dotqmail_name name;
	struct addresses a;
	int r = addresses_load(ctx, home, "", &a);

	for (size_t i = 0; r == 0 && i < a.n && s->box == NULL; i++)
		take_all(&a.address[i], s->paths);
	for (size_t i = 0; r == 0 && i < a.n && s->box != NULL; i++) {
		if (!address_uses(&a.address[i], s->box))
			continue;
		dotqmail_name(a.address[i].local, &name);
		join(s->who, s->size, home, "/", name.text, NULL);
		r = strcmp(s->who, s->except) != 0;
	}
	addresses_free(&a);
	return r;
}

static int search_homes(struct ctx *ctx, const struct boxes *b, const struct search *s)
{
	char domains[sizeof b->dir + 16], home[sizeof domains + NAME_MAX + 1];
	const struct dent *e;
	struct dents d;
	int fd, r;

	snprintf(domains, sizeof domains, "%.*s/DOMAINS", (int)(strrchr(b->dir, '/') - b->dir), b->dir);
	r = fs_dir_if(ctx, domains, &fd);
	if (r != 0)
		return r < 0 ? -1 : 0;
	dents_begin(&d, fd);
	while (r == 0 && (e = dents_next(&d)) != NULL) {
		join(home, sizeof home, domains, "/", e->name, NULL);
		if (e->name[0] != '.' && strcmp(home, s->except) != 0)
			r = search_home(ctx, s, home);
	}
	if (r == 0 && d.failed)
		r = err_sys(&ctx->err, "unable to list %s%s", ctx->root, domains);
	close(fd);
	return r;
}

int box_user(struct ctx *ctx, const struct boxes *b, const struct box *box, const char *except, char *who, size_t size)
{
	struct search s = {.box = box, .except = except, .who = who, .size = size};

	return b->foreign ? search_home(ctx, &s, b->home) : search_homes(ctx, b, &s);
}

int boxes_used(struct ctx *ctx, const struct boxes *b, const char *except, struct sorted *paths)
{
	struct search s = {.except = except, .paths = paths};

	if ((b->foreign ? search_home(ctx, &s, b->home) : search_homes(ctx, b, &s)) < 0)
		return -1;
	return sorted_ready(paths) < 0 ? err_temp(&ctx->err, "out of memory") : 0;
}
