/* addresses - the addresses of a domain: the .qmail files in its home and their contents. */
#include "box/addresses.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/as_user.h"
#include "lib/dents.h"
#include "lib/fs.h"
#include "lib/grow.h"
#include "lib/join.h"
#include "qmail/dotqmail.h"

/* The local part that this file belongs to; false: the file belongs to no address here. */
static bool take_local(const char *name, const char *ext, struct address *a, struct sorted *others)
{
	size_t n = strlen(ext);

	if (dotqmail_local(name, a->local, sizeof a->local) < 0) {
		sorted_add(others, name, strlen(name));
		return false;
	}
	if (strncmp(a->local, ext, n) != 0)
		return false;
	memmove(a->local, a->local + n, strlen(a->local + n) + 1);
	return true;
}

/* 0, 1: not an address, -1 */
static int follow(struct ctx *ctx, const struct stat *owner, int dir, const char *name, const char *where, struct address *a)
{
	const struct as_user v = {.ctx = ctx, .uid = owner->st_uid, .gid = owner->st_gid};
	const struct as_user_at home = {.fd = dir, .dir = -1};
	int e = as_user_slurp(&v, &home, name, &a->text, NULL);

	a->is_link = true;
	if (e > 0 && e != ENOENT)
		ctx_warn(ctx, "%s%s: link that its owner cannot follow: %s; this address is left out", ctx->root, where, strerror(e));
	return e > 0 ? 1 : e;
}

static bool is_link(int dir, const struct dent *e)
{
	struct stat st;

	if (e->type != DT_UNKNOWN)
		return e->type == DT_LNK;
	return fstatat(dir, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

/* With the rights of the owner of home. 0, 1: not an address, -1 */
static int read_link(struct ctx *ctx, int dir, const char *name, const char *where, struct address *a)
{
	struct stat owner;

	if (fstat(dir, &owner) < 0)
		return err_sys(&ctx->err, "unable to look at the directory of %s%s", ctx->root, where);
	return follow(ctx, &owner, dir, name, where, a);
}

static int add(struct ctx *ctx, struct addresses *a, size_t *room, int dir, const char *home, const struct dent *e,
               const char *ext)
{
	struct address *more = grow(a->address, a->n, room, 4, sizeof *more), *at;
	char where[PATH_MAX];
	int r;

	if (more == NULL)
		return err_temp(&ctx->err, "out of memory");
	a->address = more;
	at = &more[a->n];
	*at = (struct address){.text = BUF(CONTROL_MAX)};
	if (!take_local(e->name, ext, at, &a->others))
		return 0;
	join(where, sizeof where, home, "/", e->name, NULL);
	r = is_link(dir, e) ? read_link(ctx, dir, e->name, where, at) : fs_slurp_at(ctx, dir, e->name, where, &at->text, NULL);
	if (r == 0)
		a->n++;
	return r < 0 ? -1 : 0;
}

static int by_name(const void *x, const void *y)
{
	const struct address *a = x, *b = y;

	return strcmp(a->local, b->local);
}

int addresses_load(struct ctx *ctx, const char *home, const char *ext, struct addresses *a)
{
	const struct dent *e;
	struct dents d;
	size_t cap = 0;
	int fd, r = fs_dir_if(ctx, home, &fd);

	*a = (struct addresses){.others = SORTED(CONTROL_MAX)};
	if (r != 0)
		return r < 0 ? -1 : 0;
	dents_begin(&d, fd);
	while (r == 0 && (e = dents_next(&d)) != NULL)
		r = add(ctx, a, &cap, fd, home, e, ext);
	if (r == 0 && d.failed)
		r = err_sys(&ctx->err, "unable to list %s%s", ctx->root, home);
	close(fd);
	if (r == 0 && a->others.n > 0 && sorted_ready(&a->others) < 0)
		r = err_temp(&ctx->err, "out of memory");
	if (r < 0)
		addresses_free(a);
	else if (a->n > 1)
		qsort(a->address, a->n, sizeof *a->address, by_name);
	return r;
}

void addresses_free(struct addresses *a)
{
	for (size_t i = 0; i < a->n; i++)
		buf_free(&a->address[i].text);
	free(a->address);
	sorted_free(&a->others);
	*a = (struct addresses){0};
}

static bool is_path(const struct dotqmail_line *l, const char *path)
{
	size_t n = l->n;

	if (l->kind != DOTQMAIL_MAILDIR)
		return false;
	while (n > 1 && l->value[n - 1] == '/')
		n--;
	return n == strlen(path) && memcmp(l->value, path, n) == 0;
}

bool address_uses(const struct address *a, const struct box *box)
{
	struct dotqmail_line l;

	for (size_t at = 0; dotqmail_next(buf_text(&a->text), a->text.len, &at, &l);)
		if (is_path(&l, box->path))
			return true;
	return false;
}

const char *address_box(const char *text, size_t n, const struct boxes *b, char *name, size_t size)
{
	size_t dir = strlen(b->dir), at = 0;
	struct dotqmail_line l, more;

	if (!dotqmail_next(text, n, &at, &l) || dotqmail_next(text, n, &at, &more))
		return NULL;
	if (l.kind != DOTQMAIL_MAILDIR || l.n < dir + 3 || memcmp(l.value, b->dir, dir) != 0 || l.value[dir] != '/')
		return NULL;
	l.value += dir + 1;
	l.n -= dir + 2;
	if (memchr(l.value, '/', l.n) != NULL || l.n >= size)
		return NULL;
	join_part(name, size, l.value, l.n);
	return name;
}

bool address_forwards(const char *text, size_t n)
{
	struct dotqmail_line l;
	size_t forwards = 0;

	for (size_t at = 0; dotqmail_next(text, n, &at, &l); forwards++)
		if (l.kind != DOTQMAIL_FORWARD)
			return false;
	return forwards > 0;
}
