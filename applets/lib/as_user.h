/*
 * as_user - a path as a process of another user's would find it: who may search which directory, where links lead, what is
 * missing.
 *
 *	struct as_user v = {.ctx = ctx, .uid = 510, .gid = 51};
 *	struct as_user_at home, file;
 *
 *	e = as_user_walk(&v, NULL, "/home/popmail/e/ex1/DOMAINS/example.com", &home);
 *	if (e == 0)
 *		e = as_user_walk(&v, &home, ".qmail-joe", &file);
 *	if (e < 0)	we ourselves may not look there, and ctx->err says so
 *	if (e > 0)	an errno: what that user's open(2) would say
 *	as_user_end(&file); as_user_end(&home);
 *
 * path_resolution(7) is re-made over modes and owners, because the answer is wanted for somebody who may do less than root, and
 * for trees (--root) whose users are not known here. EVERY link is followed, whoever made it, for that user's
 * process would follow it too; absolute ones and ".." stay inside the root. Root may do that safely, since on the way
 * nothing is opened but with O_PATH, which neither waits at a FIFO nor touches a device, and as_user_open() opens a regular file
 * only, and only one that this user may read. Access control lists are not looked at, nor supplementary groups: qmail
 * gives its deliveries none.
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
};

struct as_user_at {
	int fd;                  /* O_PATH: what is there; -1: nothing */
	int dir;                 /* O_PATH: the directory that it is in, or that open(2) would make it in; -1 */
	char name[NAME_MAX + 1]; /* in there */
	struct stat st;          /* of fd */
};

/*
 * from: where relative paths begin; NULL: the root. 0; an errno, where ENOENT with at->dir >= 0 says that only the
 * last component is missing; -1 with ctx->err. as_user_end() in any case.
 */
int as_user_walk(const struct as_user *v, const struct as_user_at *from, const char *path, struct as_user_at *at);
void as_user_end(struct as_user_at *at);

/* May v do all of mode (4 read, 2 write, 1 search) with what has this st? */
bool as_user_may(const struct as_user *v, const struct stat *st, unsigned mode);

/* as_user_walk() and a descriptor of the regular file that is there, its access time left alone. EISDIR, EINVAL: no regular one. */
int as_user_open(const struct as_user *v, const struct as_user_at *from, const char *path, int *fd, struct stat *st);

/* The same and all its bytes. */
int as_user_slurp(const struct as_user *v, const struct as_user_at *from, const char *path, struct buf *b, struct stat *st);

#endif
