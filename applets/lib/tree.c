/* tree - directories that appear whole and go for good. */
#include "lib/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"

static int unable(struct ctx *ctx, const char *verb, const char *path)
{
	return err_sys(&ctx->err, "unable to %s %s%s", verb, ctx->root, path);
}

static int open_dir(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int make_one(int at, const char *name, const struct owner *o, const char *const *inside)
{
	int fd, r = 0;

	if (mkdirat(at, name, 0700) < 0)
		return -1;
	fd = open_dir(at, name);
	if (fd < 0)
		return -1;
	for (; r == 0 && inside != NULL && *inside != NULL; inside++)
		r = make_one(fd, *inside, o, NULL);
	if (r == 0)
		r = owner_give(fd, o);
	close(fd);
	return r;
}

/* All of it after all of it was made: the first fsync writes it out, the others find nothing left to do. */
static int sync_all(int at, const char *name, const char *const *inside)
{
	int fd = open_dir(at, name);
	int r = fd < 0 ? -1 : fsync(fd);

	for (; r == 0 && inside != NULL && *inside != NULL; inside++)
		r = sync_all(fd, *inside, NULL);
	if (fd >= 0)
		close(fd);
	return r;
}

static int remove_at(int at, const char *name);

static int remove_inside(int fd)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;
	int r = 0;

	if (d == NULL) {
		close(fd);
		return -1;
	}
	while (r == 0 && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = remove_at(dirfd(d), e->d_name);
	closedir(d);
	return r;
}

static int remove_at(int at, const char *name)
{
	int fd;

	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM) /* EPERM: POSIX's word for a directory */
		return -1;
	fd = open_dir(at, name);
	if (fd < 0)
		return -1;
	if (remove_inside(fd) < 0)
		return -1;
	return unlinkat(at, name, AT_REMOVEDIR);
}

/* Of a name that leaves no room for ".new" its beginning will do: one is made at a time. */
static void temp_name(char temp[NAME_MAX + 1], const char *name)
{
	snprintf(temp, NAME_MAX + 1, ".%.*s.new", NAME_MAX - (int)strlen("..new"), name);
}

static int show(struct ctx *ctx, int at, const char *temp, const char *name, const char *path)
{
	if (renameat(at, temp, at, name) < 0) {
		unable(ctx, "make", path);
		remove_at(at, temp);
		return -1;
	}
	return fsync(at) < 0 ? unable(ctx, "sync the directory of", path) : 0;
}

int tree_make(struct ctx *ctx, const char *path, const struct owner *o, const char *const *inside)
{
	char temp[NAME_MAX + 1];
	const char *name;
	struct stat st;
	int at = fs_parent(ctx, path, &name);
	int r = -1;

	if (at < 0)
		return -1;
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		r = S_ISDIR(st.st_mode) ? 0 : err_perm(&ctx->err, "%s%s is in the way: a directory belongs there", ctx->root, path);
		goto out;
	}
	temp_name(temp, name);
	if (remove_at(at, temp) < 0 || make_one(at, temp, o, inside) < 0 || sync_all(at, temp, inside) < 0) {
		unable(ctx, "make", path);
		remove_at(at, temp);
		goto out;
	}
	r = show(ctx, at, temp, name, path);
out:
	close(at);
	return r;
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
	r = remove_at(at, name);
	if (r == 0)
		r = fsync(at);
	close(at);
	return r < 0 ? unable(ctx, "remove", path) : 0;
}
