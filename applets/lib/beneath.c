/* beneath - openat2(2) does it in one call; kernels before 5.6, and old sandboxes, are walked step by step. */
#include "lib/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437 /* the same on every architecture */
#endif

enum { NO_SYMLINKS = 0x04, BENEATH = 0x08, IN_ROOT = 0x10, DIRECTORY = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
       READ = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

static int step_by_step(int dir, const char *path)
{
	char name[NAME_MAX + 1];
	size_t n = strcspn(path, "/");
	int fd, below;

	if (n >= sizeof name) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, path, n);
	name[n] = '\0';
	fd = openat(dir, name, DIRECTORY | O_NOFOLLOW);
	if (fd < 0 || path[n] == '\0')
		return fd;
	below = step_by_step(fd, path + n + 1);
	close(fd);
	return below;
}

int beneath_at_once(int dir, const char *path)
{
	const uint64_t how[3] = {DIRECTORY, 0, NO_SYMLINKS | BENEATH}; /* struct open_how: flags, mode, resolve */

	return (int)syscall(SYS_openat2, dir, path, how, sizeof how);
}

int beneath_dir(int dir, const char *path)
{
	int fd = beneath_at_once(dir, path);

	return fd < 0 && (errno == ENOSYS || errno == EPERM) ? step_by_step(dir, path) : fd;
}

/* Without openat2(2) no symlink at all. */
static int file_step_by_step(int dir, const char *path)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash != NULL ? (size_t)(slash - path) : 0;
	int below, fd;

	if (slash == NULL)
		return openat(dir, path, READ | O_NOFOLLOW);
	if (n >= sizeof parent) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(parent, path, n);
	parent[n] = '\0';
	below = step_by_step(dir, parent);
	if (below < 0)
		return -1;
	fd = openat(below, slash + 1, READ | O_NOFOLLOW);
	close(below);
	return fd;
}

int beneath_file(int dir, const char *path)
{
	const uint64_t how[3] = {READ, 0, IN_ROOT};
	int fd = (int)syscall(SYS_openat2, dir, path, how, sizeof how);

	return fd < 0 && (errno == ENOSYS || errno == EPERM) ? file_step_by_step(dir, path) : fd;
}
