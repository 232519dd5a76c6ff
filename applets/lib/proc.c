/* proc - what the kernel says of a process. */
#include "lib/proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool proc_is_ours(void)
{
	char self[24] = "";

	return readlink("/proc/self", self, sizeof self - 1) > 0 && strtol(self, NULL, 10) == (long)getpid();
}

size_t proc_read(pid_t pid, const char *file, char *to, size_t size)
{
	char path[64];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, file);
	fd = proc_is_ours() ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		n = read(fd, to, size - 1);
		close(fd);
	}
	to[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

size_t proc_line(pid_t pid, const char *file, char *to, size_t size)
{
	size_t n = proc_read(pid, file, to, size);

	for (char *p = to; p < to + n; p++)
		if (*p == '\0' || *p == '\n')
			*p = ' ';
	return n;
}

int proc_begin(struct dents *d)
{
	dents_begin(d, open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	return d->fd < 0 ? -1 : 0;
}

pid_t proc_next(struct dents *d)
{
	const struct dent *e;
	pid_t pid = 0;

	while (pid <= 0 && (e = dents_next(d)) != NULL)
		pid = (pid_t)strtol(e->name, NULL, 10);
	return pid;
}
