/* beneath - open a directory below another without following symlinks: for trees that other users can write. Or a file. */
#ifndef LIB_BENEATH_H
#define LIB_BENEATH_H

/*
 * path: "NAME/NAME/NAME" below dir. Opened O_RDONLY, close-on-exec; -1 with errno, ELOOP or ENOTDIR for a symlink on
 * the way.
 */
int beneath_dir(int dir, const char *path);

/* The same by one system call, openat2(2); without it (ENOSYS, EPERM) the caller must walk the path itself. */
int beneath_at_once(int dir, const char *path);

/*
 * A file below dir, for reading; never waits. Symlinks are followed, and resolve below dir as if it were the root. -1 with
 * errno; without openat2(2) any symlink is an ELOOP.
 */
int beneath_file(int dir, const char *path);

#endif
