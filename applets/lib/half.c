/* half - a long list, its second half by another process beside this one. */
#include "lib/half.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/fs.h"

enum { MANY = 2000 }; /* a process costs more than fewer */

static bool has_another_cpu(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 1;
}

bool half_begin(struct half *h, size_t n)
{
	if (n < MANY || !has_another_cpu())
		return false;
	h->fd = memfd_create("half", MFD_CLOEXEC);
	if (h->fd < 0)
		return false;
	h->failed = false;
	h->at = h->n = 0;
	h->pid = fork();
	if (h->pid < 0)
		close(h->fd);
	return h->pid >= 0;
}

static void write_out(struct half *h, const void *p, size_t n)
{
	h->failed |= fs_write(h->fd, p, n) < 0;
}

void half_put(struct half *h, const void *p, size_t n)
{
	if (n > sizeof h->piece - h->n) {
		write_out(h, h->piece, h->n);
		h->n = 0;
	}
	if (n > sizeof h->piece) {
		write_out(h, p, n);
		return;
	}
	memcpy(h->piece + h->n, p, n);
	h->n += n;
}

_Noreturn void half_end(struct half *h, bool well)
{
	write_out(h, h->piece, h->n);
	_exit(!well || h->failed);
}

bool half_is_done(struct half *h)
{
	int status = -1;

	while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0 && lseek(h->fd, 0, SEEK_SET) == 0;
}

static bool read_more(struct half *h)
{
	ssize_t n = read(h->fd, h->piece, sizeof h->piece);

	h->failed |= n <= 0;
	h->at = 0;
	h->n = n > 0 ? (size_t)n : 0;
	return n > 0;
}

void half_get(struct half *h, void *to, size_t n)
{
	char *p = to;

	for (size_t now; n > 0 && (h->at < h->n || read_more(h)); p += now, n -= now) {
		now = h->n - h->at < n ? h->n - h->at : n;
		memcpy(p, h->piece + h->at, now);
		h->at += now;
	}
	memset(p, 0, n);
}

void half_text(struct half *h, struct buf *to, size_t n)
{
	char *p = buf_room(to, n);

	if (p == NULL)
		return;
	half_get(h, p, n);
	to->len += n;
}

void half_free(struct half *h)
{
	close(h->fd);
}
