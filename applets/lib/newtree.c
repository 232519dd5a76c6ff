/* newtree - build new directories with their contents under temporary names. */
#include "lib/newtree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/fs.h"
#include "lib/tree.h"

static int unable(struct newtree *g, const char *verb, const char *path)
{
	return err_sys(&g->ctx->err, "unable to %s %s%s", verb, g->ctx->root, path);
}

/* The temporary path of path, which is the tree or below it. */
static void hidden(const struct newtree *g, const char *tree, const char *path, char *to)
{
	const char *name = strrchr(tree, '/') + 1;
	char temp[NAME_MAX + 1];

	tree_temp_name(g->ctx, temp, name);
	snprintf(to, PATH_MAX, "%.*s%s%s", (int)(name - tree), tree, temp, path + strlen(tree));
}

static void remember(struct newtree *g, const char *path, int fd)
{
	unsigned i = g->next++ % NEWTREE_OPEN;

	if (g->dir[i].is_open)
		close(g->dir[i].fd);
	snprintf(g->dir[i].path, sizeof g->dir[i].path, "%s", path);
	g->dir[i].fd = fd;
	g->dir[i].is_open = true;
}

/* The parent directory of path; it belongs to g. */
static int parent(struct newtree *g, const char *path, const char **name)
{
	char dir[PATH_MAX];
	int fd;

	*name = strrchr(path, '/') + 1;
	snprintf(dir, sizeof dir, "%.*s", (int)(*name - path - 1), path);
	for (unsigned i = 0; i < NEWTREE_OPEN; i++)
		if (g->dir[i].is_open && strcmp(g->dir[i].path, dir) == 0)
			return g->dir[i].fd;
	fd = fs_dir(g->ctx, dir);
	if (fd >= 0)
		remember(g, dir, fd);
	return fd;
}

/* A new directory, open. */
static int make(int at, const char *name)
{
	if (mkdirat(at, name, 0700) < 0)
		return -1;
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int make_inside(struct newtree *g, int fd, const char *path, const char *const *inside, const struct owner *o)
{
	int r = 0, sub;

	for (; r == 0 && inside != NULL && *inside != NULL; inside++) {
		sub = make(fd, *inside);
		if (sub < 0)
			return unable(g, "make", path);
		r = owner_give(g->ctx, sub, path, o);
		close(sub);
	}
	return r;
}

int newtree_dir(struct newtree *g, const char *tree, const char *path, const struct owner *o, const char *const *inside)
{
	char temp[PATH_MAX];
	const char *name;
	int at, fd;

	hidden(g, tree, path, temp);
	at = parent(g, temp, &name);
	if (at < 0)
		return -1;
	/* On a read-only file system the error names the file to be made, not remains of a crash that cannot exist. */
	if (strcmp(tree, path) == 0 && tree_remove_at(at, name) < 0 && errno != EROFS)
		return unable(g, "remove what is left of", temp);
	fd = make(at, name);
	if (fd < 0)
		return unable(g, "make", path);
	if (make_inside(g, fd, path, inside, o) < 0 || owner_give(g->ctx, fd, path, o) < 0) {
		close(fd);
		return -1;
	}
	remember(g, temp, fd);
	return 0;
}

int newtree_file(struct newtree *g, const char *tree, const char *path, const struct owner *o, const void *p, size_t n)
{
	char temp[PATH_MAX];
	const char *name;
	int at, fd, r;

	hidden(g, tree, path, temp);
	at = parent(g, temp, &name);
	if (at < 0)
		return -1;
	fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	r = fd < 0 ? -1 : fs_write(fd, p, n);
	if (r < 0)
		unable(g, "write", path);
	if (r == 0)
		r = owner_give(g->ctx, fd, path, o);
	if (r == 0 && !g->bulk)
		sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); /* start writing early; fsync reports errors */
	if (fd >= 0 && close(fd) < 0 && r == 0)
		r = unable(g, "write", path);
	return r;
}

static int sync_at(int at, const char *name);

static int sync_inside(int fd)
{
	DIR *d = dir_take(fd);
	struct dirent *e;
	int r = 0;

	if (d == NULL)
		return -1;
	while (r == 0 && (e = dir_next(d)) != NULL)
		r = sync_at(dirfd(d), e->d_name);
	if (r == 0)
		r = errno != 0 ? -1 : fsync(dirfd(d));
	closedir(d);
	return r;
}

/* The temporary tree contains only directories and files of ours. */
static int sync_at(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0)
		return -1;
	r = fstat(fd, &st);
	if (r == 0 && S_ISDIR(st.st_mode))
		return sync_inside(fd);
	if (r == 0)
		r = fsync(fd);
	close(fd);
	return r;
}

int newtree_sync(struct newtree *g, const char *tree)
{
	char temp[PATH_MAX];
	const char *name;
	int at;

	if (g->bulk)
		return 0;
	hidden(g, tree, tree, temp);
	at = parent(g, temp, &name);
	if (at < 0)
		return -1;
	return sync_at(at, name) < 0 ? unable(g, "sync", tree) : 0;
}

/* Forget descriptors of directories under the temporary name. */
static void forget(struct newtree *g, const char *temp)
{
	size_t n = strlen(temp);

	for (unsigned i = 0; i < NEWTREE_OPEN; i++)
		if (g->dir[i].is_open && strncmp(g->dir[i].path, temp, n) == 0) {
			close(g->dir[i].fd);
			g->dir[i].is_open = false;
		}
}

int newtree_show(struct newtree *g, const char *tree)
{
	char temp[PATH_MAX];
	const char *name;
	int at;

	hidden(g, tree, tree, temp);
	forget(g, temp);
	at = parent(g, temp, &name);
	if (at < 0)
		return -1;
	if (renameat(at, name, at, strrchr(tree, '/') + 1) < 0)
		return unable(g, "make", tree);
	return g->bulk || fsync(at) == 0 ? 0 : unable(g, "sync the directory of", tree);
}

void newtree_drop(struct newtree *g, const char *tree)
{
	struct err kept = g->ctx->err; /* keep the reason why it is dropped */
	char temp[PATH_MAX];
	const char *name;
	int at;

	hidden(g, tree, tree, temp);
	forget(g, temp);
	at = parent(g, temp, &name);
	if (at >= 0)
		tree_remove_at(at, name);
	g->ctx->err = kept;
}

int newtree_sync_all(struct newtree *g, const char *path)
{
	const char *name;
	int fd = fs_parent(g->ctx, path, &name);
	int r = fd < 0 ? -1 : syncfs(fd);

	if (fd >= 0 && r < 0)
		unable(g, "sync the file system of", path);
	if (fd >= 0)
		close(fd);
	return r;
}

void newtree_end(struct newtree *g)
{
	for (unsigned i = 0; i < NEWTREE_OPEN; i++)
		if (g->dir[i].is_open)
			close(g->dir[i].fd);
}
