/*
 * dir - opendir(3) and readdir(3) with errors distinguished from the end.
 *
 *	DIR *d = dir_take(fd);
 *
 *	if (d == NULL)
 *		errno says why
 *	while ((e = dir_next(d)) != NULL)
 *		...
 *	if (errno != 0)		what was seen is not all; else that was the end
 *	closedir(d);
 */
#ifndef LIB_DIR_H
#define LIB_DIR_H

#include <dirent.h>

/* fdopendir(3) that closes fd on error; a fd below 0 is accepted. NULL with errno. */
DIR *dir_take(int fd);

/* The next name but "." and "..". NULL: the end, with errno 0, or a failure, with its errno. */
struct dirent *dir_next(DIR *d);

#endif
