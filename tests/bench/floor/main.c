/*
 * floor UID GID < LIST - make directories and files, then one sync of the file system: what no import can do without.
 *
 *	floor -s FILE... - write the bytes of each into a file beside it, sync it, rename it, sync the directory: what no change of
 *	these files can do without. The copies stay.
 *
 * LIST is find -printf '%y %m %s %p\n' of a tree, directories before what is in them: "d MODE SIZE PATH" or
 * "f MODE SIZE PATH". Paths are made below the working directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
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

/* Into FILE.floor, by way of FILE.new. */
static int rewrite(const char *path)
{
	char new[4096], copy[4096], dir[4096];
	struct stat st;
	int from = open(path, O_RDONLY), to, d;

	snprintf(new, sizeof new, "%s.new", path);
	snprintf(copy, sizeof copy, "%s.floor", path);
	snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(path, '/') - path), path);
	if (from < 0 || fstat(from, &st) < 0)
		return -1;
	to = open(new, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	d = open(dir, O_RDONLY | O_DIRECTORY);
	if (to < 0 || d < 0 || sendfile(to, from, NULL, (size_t)st.st_size) != st.st_size)
		return -1;
	if (fsync(to) < 0 || rename(new, copy) < 0 || fsync(d) < 0)
		return -1;
	close(from);
	close(to);
	return close(d);
}

static int sync_all(void)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY);

	return fd < 0 ? -1 : syncfs(fd);
}

int main(int argc, char **argv)
{
	char line[4096 + 64];

	if (argc > 1 && strcmp(argv[1], "-s") == 0) {
		for (int i = 2; i < argc; i++)
			if (rewrite(argv[i]) < 0) {
				perror(argv[i]);
				return 111;
			}
		return 0;
	}
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
