/* item - a message of the round: its name, its file, and whether it was kept. */
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/fs.h"
#include "serial/internal.h"

time_t serial_arrived(const struct serial_item *i)
{
	return (time_t)(i->arrived / 1000000000);
}

const char *serial_name(const struct serial_item *i, char *to)
{
	snprintf(to, PATH_MAX, "%s/%s", maildir_parts[i->part + 1], i->name);
	return to;
}

static int open_regular(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int errnum;

	if (fd < 0)
		return -1;
	errnum = fstat(fd, &st) < 0 ? errno : S_ISREG(st.st_mode) ? 0 : EINVAL;
	if (errnum == 0)
		return fd;
	close(fd);
	errno = errnum;
	return -1;
}

int serial_open(const struct serial *s, const struct serial_item *i)
{
	int fd, tries = 0;

	do
		fd = open_regular(s->part[i->part], i->name);
	while (fd < 0 && fs_try_again(s->part[i->part], i->name, &tries));
	return fd;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool serial_was_kept(const struct serial *s, const char *name)
{
	return tfind(name, &s->kept, by_name) != NULL;
}

void serial_keep(struct serial *s, const char *name)
{
	char *copy = strdup(name);

	if (copy != NULL && tsearch(copy, &s->kept, by_name) != NULL)
		return;
	free(copy);
	s->no_memory = true;
}
