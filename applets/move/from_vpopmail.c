/*
 * from_vpopmail - ~vpopmail/domains: a directory a domain, perhaps below directories of one letter, with vpasswd (or vpasswd.cdb),
 * .qmail files of aliases and a directory a user. A link there is another name of the domain that it leads to.
 */
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/join.h"
#include "lib/listing.h"
#include "move/moved.h"
#include "move/vpopmail.h"
#include "qmail/conf.h"

enum { DEPTH = 4 /* of one-letter directories */ };

/* 1, 0, or -1 */
static int is_there(struct moved *m, const char *dir, const char *name)
{
	char path[NAME_PATH_MAX + NAME_MAX + 2];
	struct stat st;
	int r;

	join(path, sizeof path, dir, "/", name, NULL);
	r = fs_stat(m->ctx, path, &st);
	return r < 0 ? -1 : r == 0;
}

/* Another name of the domain that a link leads to. */
static int link_name(struct moved *m, const char *dir, const char *name)
{
	char path[NAME_PATH_MAX + NAME_MAX + 2], target[NAME_PATH_MAX + 1], home[2 * NAME_PATH_MAX + 2];
	const char *last;
	ssize_t n;
	int fd, r = 0;

	join(path, sizeof path, dir, "/", name, NULL);
	fd = fs_parent(m->ctx, path, &last);
	if (fd < 0)
		return -1;
	n = readlinkat(fd, last, target, sizeof target - 1);
	close(fd);
	if (n < 0)
		return err_sys(&m->ctx->err, "unable to read the link %s%s", m->ctx->root, path);
	target[n] = '\0';
	last = strrchr(target, '/');
	last = last != NULL ? last + 1 : target;
	join(home, sizeof home, dir, "/", last, NULL);
	if (*last != '.')
		r = is_there(m, home, "vpasswd");
	if (r < 0)
		return -1;
	if (r > 0)
		moved_domain(m, name, home);
	else
		ctx_warn(m->ctx, "%s%s: left out: it does not link to a domain beside it", m->ctx->root, path);
	return 0;
}

static bool is_asked_for(const struct moved *m, const char *name)
{
	for (int i = 0; i < m->n; i++)
		if (strcmp(m->domain[i], name) == 0)
			return true;
	return m->n == 0;
}

/* 1, 0, or -1 */
static int is_domain(struct moved *m, const char *home, const char *name)
{
	static const char *const files[] = {"vpasswd", "vpasswd.cdb", ".qmail-default"};
	struct name_domain checked;
	struct err e;
	int r = 0;

	if (name_domain(&e, name, &checked) < 0 || strcmp(checked.text, name) != 0)
		return 0;
	for (size_t i = 0; r == 0 && i < sizeof files / sizeof *files; i++)
		r = is_there(m, home, files[i]);
	return r;
}

static int look_into(struct moved *m, const char *dir, int depth);

static int one_entry(struct moved *m, const char *dir, const char *name, int depth)
{
	char home[NAME_PATH_MAX + NAME_MAX + 2];
	struct name_domain d;
	struct stat st;
	struct err e;
	int r;

	join(home, sizeof home, dir, "/", name, NULL);
	r = fs_stat(m->ctx, home, &st);
	if (r != 0) /* it may have vanished */
		return r < 0 ? -1 : 0;
	if (S_ISLNK(st.st_mode) && name_domain(&e, name, &d) == 0)
		return is_asked_for(m, name) ? link_name(m, dir, name) : 0;
	if (!S_ISDIR(st.st_mode))
		return 0;
	r = is_domain(m, home, name);
	if (r < 0)
		return -1;
	if (r > 0)
		return is_asked_for(m, name) ? from_vpopmail_domain(m, name, home) : 0;
	if (name[1] == '\0' && depth > 0)
		return look_into(m, home, depth - 1);
	ctx_warn(m->ctx, "%s%s: left out: not a domain's directory", m->ctx->root, home);
	return 0;
}

static int look_into(struct moved *m, const char *dir, int depth)
{
	struct listing l;
	int r = listing_load(m->ctx, dir, &l);

	for (size_t i = 0; r == 0 && i < l.n; i++)
		r = one_entry(m, dir, l.name[i], depth);
	listing_free(&l);
	return r;
}

/* vdelivermail may have obeyed this file for users without a .qmail file; with itself in it, it does nothing. */
static int default_delivery(struct moved *m)
{
	static const char path[] = QMAIL_CONTROL "defaultdelivery";
	struct buf text = BUF(CONTROL_MAX);
	int r = fs_slurp(m->ctx, path, &text, NULL);
	struct dotqmail_run run = {.text = buf_text(&text), .n = text.len};
	struct dotqmail_line l;

	while (r == 0 && dotqmail_obey(&run, &l) && !vpopmail_calls(&l))
		if (l.kind == DOTQMAIL_PROGRAM || l.kind == DOTQMAIL_FORWARD)
			ctx_warn(m->ctx,
			         "%s%s:%zu: %s %.*s is not done any more for users without a .qmail file of their own, as vpopmail did "
			         "if it was built with --enable-defaultdelivery",
			         m->ctx->root, path, run.line, dotqmail_word(l.kind), (int)(l.n < 300 ? l.n : 300), l.value);
	buf_free(&text);
	return r < 0 ? -1 : 0;
}

int from_vpopmail(struct moved *m)
{
	char domains[NAME_PATH_MAX + 16];
	struct stat st;
	int r;

	join(domains, sizeof domains, m->dir, "/domains", NULL);
	r = fs_stat(m->ctx, domains, &st);
	if (r < 0)
		return -1;
	if (r > 0 || !S_ISDIR(st.st_mode))
		return err_perm(&m->ctx->err, "%s%s is not a home of vpopmail: no directory domains in it", m->ctx->root, m->dir);
	return default_delivery(m) < 0 ? -1 : look_into(m, domains, DEPTH);
}
