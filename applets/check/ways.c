/* ways - the directories above a file: its user must be able to search them, and others must not be able to replace the file. */
#include <errno.h>
#include <string.h>

#include "check/internal.h"

#include "lib/fs.h"
#include "lib/join.h"

void check_stay(struct check *c, const char *path, size_t n)
{
	const char *popmail = c->change.conf.popmail;
	char dir[PATH_MAX];
	size_t above = strlen(popmail), depth = 0;

	if (strncmp(path, popmail, above) != 0)
		return;
	for (size_t i = above; i < n; i++)
		depth += path[i] == '/';
	if (depth == 0 || depth > CHECK_DEPTH || held_at(c->ctx, path, n) >= 0)
		return;
	join_part(dir, sizeof dir, path, n);
	held_take(c->ctx, &c->stay[depth - 1], dir, fs_dir(c->ctx, dir));
	c->ctx->err = (struct err){0};
}

void check_leave(struct check *c)
{
	for (size_t i = 0; i < CHECK_DEPTH; i++)
		held_end(c->ctx, &c->stay[i]);
}

/* A directory that must be searched. False: reported. */
static bool check_step(struct check *c, const struct as_user *v, const char *path, const struct stat *st)
{
	if (!S_ISDIR(st->st_mode))
		return true; /* other checks report it */
	if (st->st_mode & 002 && !(st->st_mode & S_ISVTX))
		check_found(c,
		            &(struct finding){CHECK_ERROR, "writable", path, 0,
		                              check_command(c, "chmod o-w ", path, CHECK_END)},
		            "everybody may write there: any user can delete or redirect mail");
	else if (!as_user_may(v, st, 1) && check_knows(c, path, st))
		check_found(c, &(struct finding){CHECK_ERROR, "closed", path, 0, check_command(c, "chmod a+x ", path, CHECK_END)},
		            "%s lacks search (x) permission here, which delivering or reading below it needs: mail waits or is refused",
		            check_who(c, v->uid));
	else
		return true;
	check_note(&c->blocked, path);
	return as_user_may(v, st, 1);
}

/* The length of the part of way that was just found open for v. */
static size_t shared(const struct check *c, const struct as_user *v, const char *way)
{
	size_t n = 0, i;

	if (c->way_of != v->uid)
		return 0;
	for (i = 0; way[i] == c->way[i] && way[i] != '\0'; i++)
		if (way[i] == '/')
			n = i;
	return (way[i] == '\0' || way[i] == '/') && (c->way[i] == '\0' || c->way[i] == '/') ? i : n;
}

/* What path is in the end. A plain directory below plain ones, as nearly all are, needs one look. */
static int look(struct check *c, const char *path, struct stat *st)
{
	const struct as_user root = {.ctx = c->ctx};
	struct as_user_at at;
	int e, held = held_at(c->ctx, path, strlen(path));

	if (held >= 0)
		return fstat(held, st) < 0 ? errno : 0;
	if (fs_stat(c->ctx, path, st) == 0 && S_ISDIR(st->st_mode))
		return 0;
	c->ctx->err = (struct err){0};
	e = as_user_walk(&root, NULL, path, &at);
	*st = at.st;
	as_user_end(&at);
	return e;
}

/* Each directory of way, from the top. */
static bool walk(struct check *c, const struct as_user *v, const char *way)
{
	char path[PATH_MAX];
	struct stat st;
	bool open = true;
	int e = 0;

	for (size_t n = shared(c, v, way); open && e == 0 && way[n] != '\0';) {
		n += 1 + strcspn(way + n + 1, "/");
		join_part(path, sizeof path, way, n);
		e = look(c, path, &st);
		if (e == 0)
			open = check_noted(&c->blocked, path) ? as_user_may(v, &st, 1) : check_step(c, v, path, &st);
	}
	if (e < 0)
		check_unreadable(c, way);
	return open;
}

bool check_way(struct check *c, const struct as_user *v, const char *path)
{
	char way[PATH_MAX];
	bool open;

	join_part(way, sizeof way, path, (size_t)(strrchr(path, '/') - path));
	open = walk(c, v, way);
	join(c->way, sizeof c->way, open ? way : "", NULL);
	c->way_of = v->uid;
	return open;
}
