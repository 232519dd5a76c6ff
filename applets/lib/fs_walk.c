/* fs_walk - from the root of a command to a directory below it; see fs.h for what is followed and what is not. */
#include "lib/fs_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/beneath.h"
#include "lib/held.h"

enum { LINKS_MAX = 40 };

struct walk {
	struct ctx *ctx;
	int at;              /* O_PATH: the current directory */
	int links;           /* links followed so far */
	char rest[PATH_MAX]; /* the rest of the path */
};

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool fs_trusted(const struct ctx *ctx, uid_t uid)
{
	struct stat root;

	if (uid == 0 || uid == geteuid())
		return true;
	return ctx->offline && fstat(ctx->rootfd, &root) == 0 && uid == root.st_uid;
}

/* 0, or -1 with errno: ELOOP if another user could have put the link there. */
static int judge_link(const struct walk *w, const struct stat *link)
{
	struct stat dir;

	if (fstat(w->at, &dir) < 0)
		return -1;
	errno = ELOOP;
	if ((dir.st_mode & 022) && !(dir.st_mode & S_ISVTX))
		return -1;
	return fs_trusted(w->ctx, dir.st_uid) && fs_trusted(w->ctx, link->st_uid) ? 0 : -1;
}

static void stand_on(struct walk *w, int fd)
{
	close(w->at);
	w->at = fd;
}

/* Take the first component from w->rest; "" at the end. */
static void next_component(struct walk *w, char *name)
{
	size_t skip = strspn(w->rest, "/");
	size_t n = strcspn(w->rest + skip, "/");

	memcpy(name, w->rest + skip, n);
	name[n] = '\0';
	memmove(w->rest, w->rest + skip + n, strlen(w->rest + skip + n) + 1);
}

static int follow(struct walk *w, int link)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(link, "", target, sizeof target);
	size_t rest = strlen(w->rest);
	int root;

	if (n < 0)
		return -1;
	if (++w->links > LINKS_MAX || (size_t)n + rest + 2 > sizeof w->rest) {
		errno = w->links > LINKS_MAX ? ELOOP : ENAMETOOLONG;
		return -1;
	}
	memmove(w->rest + n + 1, w->rest, rest + 1);
	memcpy(w->rest, target, (size_t)n);
	w->rest[n] = '/';
	if (target[0] != '/')
		return 0;
	root = openat(w->ctx->rootfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -1;
	stand_on(w, root);
	return 0;
}

/* 1: at the root, where ".." has no effect; 0; -1 with errno. */
static int at_root(const struct walk *w)
{
	struct stat here, root;

	if (fstat(w->at, &here) < 0 || fstat(w->ctx->rootfd, &root) < 0)
		return -1;
	return same_file(&here, &root);
}

/* The component is not a directory: follow it if it is a symlink, else fail. */
static int leave(struct walk *w, int fd, const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return judge_link(w, st) < 0 ? -1 : follow(w, fd);
	errno = ENOTDIR;
	return -1;
}

static int enter(struct walk *w, const char *name)
{
	struct stat st;
	int fd, r = strcmp(name, ".") == 0;

	if (strcmp(name, "..") == 0)
		r = at_root(w);
	if (r != 0)
		return r < 0 ? -1 : 0;
	fd = openat(w->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	r = fd < 0 ? -1 : fstat(fd, &st);
	if (r == 0 && S_ISDIR(st.st_mode)) {
		stand_on(w, fd);
		return 0;
	}
	if (r == 0)
		r = leave(w, fd, &st);
	if (fd >= 0)
		close(fd);
	return r;
}

/* Walk component by component, so that each symlink is checked. Apart, as most walks need none of its memory. */
__attribute__((noinline)) static int walk_links(struct ctx *ctx, const char *path)
{
	struct walk w = {.ctx = ctx};
	char name[PATH_MAX];
	int fd;

	memcpy(w.rest, path, strlen(path) + 1);
	w.at = openat(ctx->rootfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w.at < 0)
		return -1;
	for (next_component(&w, name); *name != '\0'; next_component(&w, name))
		if (enter(&w, name) < 0) {
			close(w.at);
			return -1;
		}
	fd = openat(w.at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(w.at);
	return fd;
}

int fs_walk(struct ctx *ctx, const char *path, size_t n)
{
	char text[PATH_MAX];
	const char *rest;
	int fd;

	if (n >= sizeof text) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(text, path, n);
	text[n] = '\0';
	fd = held_above(ctx, text, &rest);
	fd = beneath_at_once(fd, *rest != '\0' ? rest : ".");
	return fd >= 0 || errno == ENOENT ? fd : walk_links(ctx, text);
}
