/* mapped - a file to look something up in, without reading all of it. */
#include "lib/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/beneath.h"

/* 0 or errno */
static int map(struct mapped *m, enum mapped_use use)
{
	void *p;

	if (fstat(m->fd, &m->st) < 0)
		return errno;
	if (!S_ISREG(m->st.st_mode))
		return S_ISDIR(m->st.st_mode) ? EISDIR : EINVAL;
	m->n = (size_t)m->st.st_size;
	if ((off_t)m->n != m->st.st_size)
		return EFBIG;
	if (m->n == 0)
		return 0;
	p = mmap(NULL, m->n, PROT_READ, MAP_SHARED | (use == MAPPED_READ ? MAP_POPULATE : 0), m->fd, 0);
	if (p == MAP_FAILED)
		return ENOMEM;
	m->p = p;
	return 0;
}

int mapped_open(const struct ctx *ctx, const char *path, enum mapped_use use, struct mapped *m)
{
	*m = (struct mapped){.fd = ctx->offline ? beneath_file(ctx->rootfd, path + 1)
	                                        : open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
	return m->fd < 0 ? errno : map(m, use);
}

int mapped_open_at(int dir, const char *name, enum mapped_use use, struct mapped *m)
{
	*m = (struct mapped){.fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC)};
	return m->fd < 0 ? errno : map(m, use);
}

int mapped_fd(int fd, enum mapped_use use, struct mapped *m)
{
	*m = (struct mapped){.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)};
	return m->fd < 0 ? errno : map(m, use);
}

void mapped_close(struct mapped *m)
{
	if (m->p != NULL)
		munmap((void *)m->p, m->n);
	if (m->fd >= 0)
		close(m->fd);
	*m = (struct mapped){.fd = -1};
}
