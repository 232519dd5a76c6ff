/* dir - opendir(3) and readdir(3) with errors distinguished from the end. */
#include "lib/dir.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

DIR *dir_take(int fd)
{
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	int errnum = errno;

	if (d == NULL && fd >= 0)
		close(fd);
	errno = errnum;
	return d;
}

struct dirent *dir_next(DIR *d)
{
	struct dirent *e;

	do {
		errno = 0;
		e = readdir(d);
	} while (e != NULL && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0));
	return e;
}
