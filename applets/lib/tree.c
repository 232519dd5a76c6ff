/* tree - remove directory trees. */
#include "lib/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/fs.h"

static int unable(struct ctx *ctx, const char *verb, const char *path)
{
	return err_sys(&ctx->err, "unable to %s %s%s", verb, ctx->root, path);
}

static int open_dir(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int remove_inside(int fd)
{
	DIR *d = dir_take(fd);
	struct dirent *e;
	bool has_last = false;
	int r = 0;

	if (d == NULL)
		return -1;
	while (r == 0 && (e = dir_next(d)) != NULL)
		if (strcmp(e->d_name, TREE_LAST) == 0)
			has_last = true;
		else
			r = tree_remove_at(dirfd(d), e->d_name);
	if (r == 0 && errno != 0)
		r = -1;
	if (r == 0 && has_last)
		r = tree_remove_at(dirfd(d), TREE_LAST);
	closedir(d);
	return r;
}

int tree_remove_at(int at, const char *name)
{
	int fd, errnum;

	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM) /* EPERM: a directory, by POSIX */
		return -1;
	errnum = errno;
	fd = open_dir(at, name);
	if (fd < 0 && errnum == EPERM && (errno == ENOTDIR || errno == ENOENT))
		errno = errnum; /* of a file it says what it says: it is immutable */
	if (fd < 0)
		return -1;
	if (remove_inside(fd) < 0)
		return -1;
	return unlinkat(at, name, AT_REMOVEDIR);
}

/* A name that leaves no room for the rest is cut: only one is made at a time. */
void tree_temp_name(const struct ctx *ctx, char temp[NAME_MAX + 1], const char *name)
{
	const char *dot = *ctx->node != '\0' ? "." : "";
	int rest = (int)(strlen("..new") + strlen(dot) + strlen(ctx->node));

	snprintf(temp, NAME_MAX + 1, ".%.*s%s%s.new", NAME_MAX - rest, name, dot, ctx->node);
}

int tree_remove(struct ctx *ctx, const char *path)
{
	const char *name;
	struct stat st;
	int at, r;

	r = fs_stat(ctx, path, &st);
	if (r != 0)
		return r < 0 ? -1 : 0;
	at = fs_parent(ctx, path, &name);
	if (at < 0)
		return -1;
	r = tree_remove_at(at, name);
	if (r == 0)
		r = fsync(at);
	close(at);
	return r < 0 ? unable(ctx, "remove", path) : 0;
}
