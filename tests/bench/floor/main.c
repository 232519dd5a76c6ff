/*
 * floor UID GID < LIST - make directories and files, then one sync of the file system: what no import can do without.
 *
 * LIST is find -printf '%y %m %s %p\n' of a tree, directories before what is in them: "d MODE SIZE PATH" or
 * "f MODE SIZE PATH". Paths are made below the working directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uid_t uid;
static gid_t gid;

static int make_dir(const char *path, mode_t mode)
{
	return mkdir(path, mode) < 0 && errno != EEXIST ? -1 : chown(path, uid, gid);
}

static int make_file(const char *path, mode_t mode, size_t size)
{
	static const char text[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);

	if (fd < 0)
		return -1;
	if (write(fd, text, size < sizeof text ? size : sizeof text) < 0 || fchown(fd, uid, gid) < 0)
		return -1;
	return close(fd);
}

static int make(char *line)
{
	unsigned mode;
	size_t size;
	int at = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line + 1, " %o %zu %n", &mode, &size, &at) < 2 || at == 0)
		return -1;
	return *line == 'd' ? make_dir(line + 1 + at, mode) : make_file(line + 1 + at, mode, size);
}

static int sync_all(void)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY);

	return fd < 0 ? -1 : syncfs(fd);
}

int main(int argc, char **argv)
{
	char line[4096 + 64];

	if (argc != 3)
		return 100;
	uid = (uid_t)atoi(argv[1]);
	gid = (gid_t)atoi(argv[2]);
	while (fgets(line, sizeof line, stdin) != NULL)
		if (make(line) < 0) {
			perror(line);
			return 111;
		}
	return sync_all() < 0 ? 111 : 0;
}
