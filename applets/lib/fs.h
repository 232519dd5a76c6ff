/*
 * fs - files under the root of a command.
 *
 * Paths are absolute and mean "below ctx->root"; links inside resolve inside,
 * ".." stops at the root (as openat2(2)'s RESOLVE_IN_ROOT, on any kernel). A
 * link is only followed where nobody but root, the caller or the owner of the
 * --root tree could have put it: root never follows a link that popusr made, nor opens another's file through a hard link
 * in a directory of popusr's.
 *
 * Functions return 0 or a descriptor, 1 where "it is not there" is a normal
 * answer, and -1 with ctx->err filled. All descriptors are close-on-exec.
 */
#ifndef LIB_FS_H
#define LIB_FS_H

#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/ctx.h"

/* A directory, O_RDONLY (not O_PATH: fsync needs it). -1 with errno kept when it is missing. */
int fs_dir(struct ctx *ctx, const char *path);

/* The directory that holds path, O_RDONLY; *name points at path's last component. */
int fs_parent(struct ctx *ctx, const char *path, const char **name);

/* As openat(2) of the last component with O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK; refuses what is no regular file. */
int fs_open(struct ctx *ctx, const char *path, int flags);

/* lstat(2); 1: not there. */
int fs_stat(struct ctx *ctx, const char *path, struct stat *st);

/* A whole regular file into b, which is emptied first; st may be NULL. 1: not there. */
int fs_slurp(struct ctx *ctx, const char *path, struct buf *b, struct stat *st);

/* The same in a directory that is open already; where names it in errors. */
int fs_slurp_at(struct ctx *ctx, int dir, const char *name, const char *where, struct buf *b, struct stat *st);

/*
 * Behind what failed with a file that was opened by this name: true where errno is ESTALE, a network file system's word for
 * a file that was replaced meanwhile, and it is worth to open it anew (twice). errno is kept. *tries = 0 to begin with.
 */
bool fs_try_again(int dir, const char *name, int *tries);

/* Write all of it or fail with errno set; the one place where EINTR and short writes are handled. */
int fs_write(int fd, const void *p, size_t n);

#endif
