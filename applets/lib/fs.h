/*
 * fs - files under the root of a command.
 *
 * Paths are absolute and mean "below ctx->root"; links inside resolve inside, ".." stops at the root (as openat2(2)'s
 * RESOLVE_IN_ROOT, on any kernel). A symlink is followed only if root, the caller or the owner of the --root tree must
 * have made it: root never follows one that popusr made, nor opens another user's file through a hard link in popusr's
 * directory.
 *
 * Functions return 0 or a descriptor, 1 if the file does not exist and that is a normal result, and -1 with ctx->err.
 * All descriptors are close-on-exec.
 */
#ifndef LIB_FS_H
#define LIB_FS_H

#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/ctx.h"

/* A directory, O_RDONLY (not O_PATH: fsync needs it). -1 with errno kept when it is missing. */
int fs_dir(struct ctx *ctx, const char *path);

/* The same into *fd; 1: does not exist. */
int fs_dir_if(struct ctx *ctx, const char *path, int *fd);

/* The parent directory of path, O_RDONLY; *name points to path's last component. */
int fs_parent(struct ctx *ctx, const char *path, const char **name);

/* openat(2) of the last component with O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK; only a regular file is accepted. */
int fs_open(struct ctx *ctx, const char *path, int flags);

/* lstat(2); 1: does not exist. */
int fs_stat(struct ctx *ctx, const char *path, struct stat *st);

/* Read a whole regular file into b, which is emptied first; st may be NULL. 1: does not exist. */
int fs_slurp(struct ctx *ctx, const char *path, struct buf *b, struct stat *st);

/* The same in an open directory; where is its name in errors. */
int fs_slurp_at(struct ctx *ctx, int dir, const char *name, const char *where, struct buf *b, struct stat *st);

/*
 * Call it after an operation on an open file failed: true if errno is ESTALE, which network file systems return for a
 * file that was replaced meanwhile, and the file should be opened again (at most twice). Keeps errno. *tries must
 * begin as 0.
 */
bool fs_try_again(int dir, const char *name, int *tries);

/* Write everything, or fail with errno set; the only place that handles EINTR and short writes. */
int fs_write(int fd, const void *p, size_t n);

#endif
