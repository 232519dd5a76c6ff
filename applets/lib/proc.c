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
