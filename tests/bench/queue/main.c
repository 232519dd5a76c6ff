/*
 * queue - stands where qmail-queue does (ROOT/var/qmail/bin): keeps what it is given as one file in ROOT/queued, which is
 * there whole, or not at all. The message is followed by the envelope, its NULs as newlines.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TEMPORARY = 81, WRITE_ERROR = 53, READ_ERROR = 54, WRONG_ENVELOPE = 91 }; /* qmail-queue(8) */

static void copy(int from, int to)
{
	char buf[16384];
	ssize_t n;

	while ((n = read(from, buf, sizeof buf)) > 0) {
		for (ssize_t i = 0; from == 1 && i < n; i++)
			buf[i] = buf[i] == '\0' ? '\n' : buf[i];
		if (write(to, buf, (size_t)n) != n)
			_exit(WRITE_ERROR);
	}
	if (n < 0)
		_exit(READ_ERROR);
}

/* Who dies while he feeds us leaves no envelope, or one without its end. */
static int ends(int fd)
{
	char last[2] = "";
	off_t end = lseek(fd, 0, SEEK_END);

	return end > 2 && pread(fd, last, 2, end - 2) == 2 && memcmp(last, "\n\n", 2) == 0;
}

int main(void)
{
	char root[PATH_MAX] = "", temp[PATH_MAX + 64], path[PATH_MAX + 64], *bin;
	off_t body;
	struct timespec now;
	int fd;

	if (readlink("/proc/self/exe", root, sizeof root - 1) < 0 || (bin = strstr(root, "/var/qmail/bin/")) == NULL)
		return TEMPORARY;
	*bin = '\0';
	clock_gettime(CLOCK_REALTIME, &now); /* pids come again */
	snprintf(temp, sizeof temp, "%s/queued/.%d.tmp", root, (int)getpid());
	snprintf(path, sizeof path, "%s/queued/%lld.%09ld.%d", root, (long long)now.tv_sec, now.tv_nsec, (int)getpid());
	fd = open(temp, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return TEMPORARY;
	copy(0, fd);
	body = lseek(fd, 0, SEEK_CUR);
	copy(1, fd);
	if (lseek(fd, 0, SEEK_CUR) == body || !ends(fd))
		return unlink(temp) < 0 ? WRITE_ERROR : WRONG_ENVELOPE;
	if (fsync(fd) < 0 || rename(temp, path) < 0)
		return WRITE_ERROR;
	return 0;
}
