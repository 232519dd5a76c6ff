/* lockfile - a lock that no other user can take. */
#include "lib/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fs.h"
#include "lib/lock.h"
#include "lib/netfs.h"

/* The file that has the name now is the one that was locked: who had it before may have removed it. */
static bool is_there(const struct lockfile *l)
{
	struct stat named, ours;

	return fstatat(l->dir, l->name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(l->fd, &ours) == 0 &&
	       named.st_dev == ours.st_dev && named.st_ino == ours.st_ino;
}

static int open_file(const struct lockfile *l)
{
	struct stat st;
	int fd = openat(l->dir, l->name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

	if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0077) != 0)
		fchmod(fd, 0600);
	return fd;
}

/* 0 ours, 1 held, 2 its file is gone, -1 with errno. */
static int try(struct lockfile *l, int mark, int seconds)
{
	int r;

	lock_mark(l->fd, mark);
	r = lock_take(l->fd, seconds);
	return r == 0 && !is_there(l) ? 2 : r;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The directory itself, which is never removed. */
static int take_dir(struct lockfile *l, int mark, int seconds)
{
	l->fd = l->dir;
	l->dir = -1;
	lock_mark(l->fd, mark);
	return lock_take(l->fd, seconds);
}

/* A full disk must not stop the deliveries that make room. */
static bool cannot_be_made(int e)
{
	return e == EROFS || e == EACCES || e == EPERM || e == ENOSPC || e == EDQUOT;
}

static int take(struct lockfile *l, int mark, int seconds)
{
	int64_t end = clock_ms() + (int64_t)seconds * 1000;
	int r = 2;

	l->shared = netfs_is(l->dir);
	if (l->shared)
		mark = LOCK_UNMARKED; /* flock is made of such locks there, and would find it in its way */
	while (r == 2) {
		int64_t left = (end - clock_ms() + 999) / 1000;

		shut(&l->fd);
		l->fd = open_file(l);
		if (l->fd < 0)
			return cannot_be_made(errno) && !l->shared ? take_dir(l, mark, seconds) : -1;
		r = try(l, mark, left > 0 ? (int)left : 0);
	}
	if (r != 0 || l->shared)
		shut(&l->dir); /* it is not ours to remove, or other machines may not see at once that it is gone */
	return r;
}

int lockfile_take(struct ctx *ctx, struct lockfile *l, const char *path, int mark, int seconds)
{
	int r;

	*l = LOCKFILE_NONE;
	l->dir = fs_parent(ctx, path, &l->name);
	if (l->dir < 0)
		return -1;
	r = take(l, mark, seconds);
	return r < 0 ? err_sys(&ctx->err, "unable to lock %s%s", ctx->root, path) : r;
}

int lockfile_look(struct ctx *ctx, struct lockfile *l, const char *path)
{
	int r;

	*l = LOCKFILE_NONE;
	l->dir = fs_parent(ctx, path, &l->name);
	if (l->dir < 0)
		return -1;
	l->fd = openat(l->dir, l->name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (l->fd < 0 && errno == EACCES) /* enough to find it in /proc/locks */
		l->fd = openat(l->dir, l->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	/* Where it cannot be made, the directory is what is locked. */
	if (l->fd < 0 && errno == ENOENT && faccessat(l->dir, ".", W_OK, AT_EACCESS) < 0) {
		l->fd = l->dir;
		l->dir = -1;
		return 0;
	}
	l->shared = netfs_is(l->dir);
	r = l->fd >= 0 ? 0 : errno == ENOENT ? 1 : err_sys(&ctx->err, "unable to open %s%s", ctx->root, path);
	shut(&l->dir);
	return r;
}

void lockfile_let_go(struct lockfile *l)
{
	if (l->dir >= 0)
		unlinkat(l->dir, l->name, 0);
	shut(&l->dir);
	lock_drop(l->fd);
}

void lockfile_drop(struct lockfile *l)
{
	if (l->fd >= 0)
		lockfile_let_go(l);
	shut(&l->fd);
	shut(&l->dir);
}
