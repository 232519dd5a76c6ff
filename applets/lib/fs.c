/* fs - files under the root of a command; see fs.h for what is followed and what is not. */
#include "lib/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs_walk.h"
#include "lib/held.h"

enum { TRIES = 3 }; /* retries after ESTALE */

static int unable(struct ctx *ctx, const char *verb, const char *path)
{
	int errnum = errno;

	if (errnum == ELOOP)
		err_perm(&ctx->err, "unable to %s %s%s: a symbolic link is in the way; put the real file there", verb,
		         ctx->root, path);
	else
		err_sys(&ctx->err, "unable to %s %s%s", verb, ctx->root, path);
	ctx->err.sys = errnum;
	errno = errnum;
	return -1;
}

int fs_dir(struct ctx *ctx, const char *path)
{
	int fd = fs_walk(ctx, path, strlen(path));

	return fd < 0 ? unable(ctx, "open", path) : fd;
}

static size_t parent_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path);
}

static const char *last_name(const char *path, size_t n)
{
	return path + n + (path[n] == '/');
}

int fs_parent(struct ctx *ctx, const char *path, const char **name)
{
	size_t n = parent_length(path);
	int fd = fs_walk(ctx, path, n);

	*name = last_name(path, n);
	return fd < 0 ? unable(ctx, "reach", path) : fd;
}

/* The directory that the first n bytes of path name, to be left by leave(). */
static int reach(struct ctx *ctx, const char *path, size_t n)
{
	int fd = held_at(ctx, path, n);

	return fd >= 0 ? fd : fs_walk(ctx, path, n);
}

/* Keeps errno. */
static void leave(struct ctx *ctx, const char *path, size_t n, int fd)
{
	int errnum = errno;

	if (held_at(ctx, path, n) < 0)
		close(fd);
	errno = errnum;
}

/*
 * In a directory of another user, that user could hard-link a third user's file and have root read it. 0, or -1 with
 * errno.
 */
static int judge_file(const struct ctx *ctx, int dir, const struct stat *st)
{
	struct stat d;

	errno = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
	if (!S_ISREG(st->st_mode))
		return -1;
	if (st->st_nlink < 2)
		return 0;
	if (fstat(dir, &d) < 0)
		return -1;
	errno = EMLINK;
	return fs_trusted(ctx, d.st_uid) || d.st_uid == st->st_uid ? 0 : -1;
}

static int open_regular(const struct ctx *ctx, int dir, const char *name, int flags, struct stat *st)
{
	int fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	int errnum;

	if (fd < 0 || (fstat(fd, st) == 0 && judge_file(ctx, dir, st) == 0))
		return fd;
	errnum = errno;
	close(fd);
	errno = errnum;
	return -1;
}

bool fs_try_again(int dir, const char *name, int *tries)
{
	struct stat st;

	if (errno != ESTALE || ++*tries >= TRIES)
		return false;
	fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
	errno = ESTALE;
	return true;
}

int fs_open(struct ctx *ctx, const char *path, int flags)
{
	size_t n = parent_length(path);
	const char *name = last_name(path, n);
	int dir = reach(ctx, path, n);
	int fd, tries = 0;
	struct stat st;

	if (dir < 0)
		return unable(ctx, "reach", path);
	do
		fd = open_regular(ctx, dir, name, flags, &st);
	while (fd < 0 && fs_try_again(dir, name, &tries));
	leave(ctx, path, n, dir);
	return fd < 0 ? unable(ctx, "open", path) : fd;
}

int fs_stat(struct ctx *ctx, const char *path, struct stat *st)
{
	size_t n = parent_length(path);
	int dir = reach(ctx, path, n);
	int r;

	if (dir < 0)
		return errno == ENOENT ? 1 : unable(ctx, "reach", path);
	r = fstatat(dir, last_name(path, n), st, AT_SYMLINK_NOFOLLOW);
	leave(ctx, path, n, dir);
	if (r == 0)
		return 0;
	return errno == ENOENT ? 1 : unable(ctx, "stat", path);
}

int fs_dir_if(struct ctx *ctx, const char *path, int *fd)
{
	struct stat st;
	int r;

	*fd = fs_walk(ctx, path, strlen(path));
	if (*fd >= 0)
		return 0;
	r = fs_stat(ctx, path, &st);
	if (r == 0) /* a link to nothing, or not a directory */
		*fd = fs_dir(ctx, path);
	return r == 0 && *fd < 0 ? -1 : r;
}

/* size: that of the file, 0: not known. A file that exceeds the limit of b is an error, not truncated. */
static int read_all(int fd, struct buf *b, size_t size)
{
	size_t hint = size > 0 ? size : 4096;
	ssize_t n;
	size_t want;
	char *to, more = 0;

	for (;; hint = 64) {
		want = hint + 1 < b->max - b->len ? hint + 1 : b->max - b->len;
		to = want > 0 ? buf_room(b, want) : &more;
		if (to == NULL) {
			errno = ENOMEM;
			return -1;
		}
		n = read(fd, to, want > 0 ? want : 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (want == 0) {
			errno = EFBIG;
			return -1;
		}
		b->len += (size_t)n;
		if ((size_t)n < want && b->len == size)
			break;
	}
	if (b->len > 0)
		b->p[b->len] = '\0';
	return n < 0 ? -1 : 0;
}

/* 1: does not exist; *verb: the action that failed. */
static int slurp(const struct ctx *ctx, int dir, const char *name, struct buf *b, struct stat *st, const char **verb)
{
	int fd = open_regular(ctx, dir, name, O_RDONLY, st);
	int r, errnum;

	*verb = fd < 0 ? "open" : "read";
	if (fd < 0)
		return errno == ENOENT ? 1 : -1;
	r = read_all(fd, b, (size_t)st->st_size);
	errnum = errno;
	close(fd);
	errno = errnum;
	return r;
}

int fs_slurp_at(struct ctx *ctx, int dir, const char *name, const char *where, struct buf *b, struct stat *st)
{
	const char *verb;
	struct stat mine;
	int r, tries = 0;

	do {
		buf_free(b);
		r = slurp(ctx, dir, name, b, st != NULL ? st : &mine, &verb);
	} while (r < 0 && fs_try_again(dir, name, &tries));
	return r < 0 ? unable(ctx, verb, where) : r;
}

int fs_slurp(struct ctx *ctx, const char *path, struct buf *b, struct stat *st)
{
	size_t n = parent_length(path);
	int dir = reach(ctx, path, n);
	int r;

	buf_free(b);
	if (dir < 0)
		return errno == ENOENT ? 1 : unable(ctx, "open", path);
	r = fs_slurp_at(ctx, dir, last_name(path, n), path, b, st);
	leave(ctx, path, n, dir);
	return r;
}

int fs_write(int fd, const void *p, size_t n)
{
	const char *at = p;
	ssize_t k;

	while (n > 0) {
		k = write(fd, at, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		at += k;
		n -= (size_t)k;
	}
	return 0;
}
