/* addresses - the addresses of a domain: the .qmail files in its home and their contents. */
#include "box/addresses.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/as_user.h"
#include "lib/dir.h"
#include "lib/fs.h"
#include "lib/grow.h"
#include "lib/join.h"
#include "qmail/dotqmail.h"

/* The local part that this file belongs to; false: the file belongs to no address. */
static bool take_local(const char *name, const char *ext, struct address *a)
{
	size_t n = strlen(ext);

	if (dotqmail_local(name, a->local, sizeof a->local) < 0 || strncmp(a->local, ext, n) != 0)
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

static bool is_link(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

/* owner: of home */
static int add(struct ctx *ctx, struct addresses *a, size_t *room, int dir, const char *home, const char *name,
               const char *ext, const struct stat *owner)
{
	struct address *more = grow(a->address, a->n, room, 32, sizeof *more), *at;
	char where[PATH_MAX];
	int r;

	if (more == NULL)
		return err_temp(&ctx->err, "out of memory");
	a->address = more;
	at = &more[a->n];
	*at = (struct address){.text = BUF(CONTROL_MAX)};
	if (!take_local(name, ext, at))
		return 0;
	join(where, sizeof where, home, "/", name, NULL);
	r = is_link(dir, name) ? follow(ctx, owner, dir, name, where, at) : fs_slurp_at(ctx, dir, name, where, &at->text, NULL);
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
	struct dirent *e;
	size_t cap = 0;
	struct stat st;
	int fd, r = fs_stat(ctx, home, &st);
	DIR *d;

	*a = (struct addresses){0};
	if (r != 0)
		return r < 0 ? -1 : 0;
	fd = fs_dir(ctx, home);
	if (fd < 0)
		return -1;
	d = dir_take(fd);
	if (d == NULL)
		return err_sys(&ctx->err, "unable to list %s%s", ctx->root, home);
	while (r == 0 && (e = dir_next(d)) != NULL)
		r = add(ctx, a, &cap, dirfd(d), home, e->d_name, ext, &st);
	if (r == 0 && errno != 0)
		r = err_sys(&ctx->err, "unable to list %s%s", ctx->root, home);
	closedir(d);
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
