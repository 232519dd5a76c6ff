/* links - the multicall binary's links to itself, as busybox --install makes them. */
#include "lib/links.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* $PATH is searched only for a name without a slash, as the shell does. */
static int search_path(const char *name, char *self, size_t size)
{
	const char *path = getenv("PATH");
	size_t n;

	for (; path != NULL && *path != '\0'; path += n + (path[n] == ':')) {
		n = strcspn(path, ":");
		if ((size_t)snprintf(self, size, "%.*s/%s", (int)n, path, name) < size && access(self, X_OK) == 0)
			return 0;
	}
	return -1;
}

int links_self(struct err *e, const char *argv0, char *self, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", self, size - 1);
	char absolute[PATH_MAX];

	if (n > 0) {
		self[n] = '\0';
		return 0;
	}
	if (strchr(argv0, '/') != NULL)
		snprintf(self, size, "%s", argv0);
	else if (search_path(argv0, self, size) < 0)
		return err_perm(e, "unable to find the running program: run it by its full path");
	if (realpath(self, absolute) == NULL || strlen(absolute) >= size)
		return err_sys(e, "unable to find %s", self);
	memcpy(self, absolute, strlen(absolute) + 1);
	return 0;
}

int links_dir(struct err *e, const char *dir)
{
	char path[PATH_MAX];
	struct stat st;

	if ((size_t)snprintf(path, sizeof path, "%s", dir) >= sizeof path)
		return err_perm(e, "%.100s...: the name is too long", dir);
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755); /* what is wrong with it the last one says */
		*slash = '/';
	}
	if (mkdir(path, 0755) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return 0;
	if (errno == EEXIST)
		errno = ENOTDIR;
	return err_sys(e, "unable to make %s", path);
}

/* Nothing else can be linked in that directory either. */
static bool is_the_directorys(int errnum)
{
	return errnum == EXDEV || errnum == EACCES || errnum == EROFS || errnum == ENOENT || errnum == ENOTDIR || errnum == EPERM;
}

static bool is_us(const char *self, const char *path)
{
	struct stat a, b;

	return stat(self, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int links_make(struct err *e, const char *self, const char *path, bool symbolic)
{
	int r = symbolic ? symlink(self, path) : link(self, path);

	if (r < 0 && errno == EEXIST && is_us(self, path))
		return 0;
	if (r == 0)
		return 0;
	r = is_the_directorys(errno) ? -2 : -1;
	err_sys(e, errno == EXDEV ? "unable to link %s from another file system, use -s" : "unable to link %s", path);
	return r;
}
