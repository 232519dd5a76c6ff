/* beneath - a directory below another, reached without following a link: for trees that others may write. */
#ifndef LIB_BENEATH_H
#define LIB_BENEATH_H

/* path: "NAME/NAME/NAME" below dir. O_RDONLY, close-on-exec; -1 with errno, ELOOP or ENOTDIR where a link is in the way. */
int beneath_dir(int dir, const char *path);

/* The same by one system call, openat2(2): where there is none (ENOSYS, EPERM) the caller walks as it likes. */
int beneath_at_once(int dir, const char *path);

#endif
