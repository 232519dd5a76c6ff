/*
 * as_user - resolve a path as a process of another user would: which directories it may search, where symlinks lead,
 * what is missing.
 *
 *	struct as_user v = {.ctx = ctx, .uid = 510, .gid = 51};
 *	struct as_user_at home, file;
 *
 *	e = as_user_walk(&v, NULL, "/home/popmail/e/ex1/DOMAINS/example.com", &home);
 *	if (e == 0)
 *		e = as_user_walk(&v, &home, ".qmail-joe", &file);
 *	if (e < 0)	this process may not examine it: ctx->err
 *	if (e > 0)	an errno: that of this user's open(2)
 *	as_user_end(&file); as_user_end(&home);
 *
 * It implements path_resolution(7) from modes and owners, because the answer is needed for a user with fewer rights
 * than the caller, and for trees (--root) with other users. EVERY symlink is followed, as that user's process would;
 * absolute ones and ".." stay inside the root. This is safe for root: everything on the way is opened with O_PATH,
 * which neither waits for a FIFO nor touches a device, and as_user_open() opens only a regular file that this user may
 * read. Access control lists and supplementary groups are ignored: qmail gives its deliveries none.
 */
#ifndef LIB_AS_USER_H
#define LIB_AS_USER_H

#include <limits.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/ctx.h"

struct as_user {
	struct ctx *ctx;
	uid_t uid; /* 0: may do everything */
	gid_t gid;
	const char *home; /* for errors: where from is; NULL: the root */
};

struct as_user_at {
	int fd;                  /* O_PATH: the file; -1: none */
	int dir;                 /* O_PATH: its directory, or the one in which open(2) would create it; -1 */
	char name[NAME_MAX + 1]; /* its name in dir */
	struct stat st;          /* of fd */
};

/*
 * from: where relative paths begin; NULL: the root. Returns 0; an errno, where ENOENT with at->dir >= 0 means that
 * only the last component is missing; or -1 with ctx->err. Call as_user_end() in any case.
 */
int as_user_walk(const struct as_user *v, const struct as_user_at *from, const char *path, struct as_user_at *at);
void as_user_end(struct as_user_at *at);

/*
 * r, which one of these functions has returned for path. An errno that may be another one tomorrow is no answer (a missing file
 * is one): it becomes -1 with ctx->err.
 */
int as_user_answer(const struct as_user *v, const char *path, int r);

/* True if v has all rights of mode (4 read, 2 write, 1 search) on a file with this st. */
bool as_user_may(const struct as_user *v, const struct stat *st, unsigned mode);

/* The same for the file at path: 0; EACCES; or -1 with ctx->err, where the user namespace hides who the owner is. */
int as_user_right(const struct as_user *v, const char *path, const struct stat *st, unsigned mode);

/*
 * as_user_walk(), and a descriptor of the regular file, without changing its access time. EISDIR, EINVAL: not a
 * regular file.
 */
int as_user_open(const struct as_user *v, const struct as_user_at *from, const char *path, int *fd, struct stat *st);

/* The same, and its contents. */
int as_user_slurp(const struct as_user *v, const struct as_user_at *from, const char *path, struct buf *b, struct stat *st);

#endif
