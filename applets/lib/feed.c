/* feed - read lines from memory or from a file; a line may have any length. */
#include "lib/feed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/find.h"

enum { FEED_READ = 1 << 16 };

struct feed feed_text(const char *p, size_t n)
{
	return (struct feed){.fd = -1, .p = n > 0 ? p : "", .n = n};
}

struct feed feed_fd(int fd)
{
	return (struct feed){.fd = fd, .p = "", .buf = BUF(FEED_LINE_MAX)};
}

/* Read more after the bytes that are not returned yet. 0, 1 at the end of the file, -1 with errno. */
static int read_on(struct feed *f)
{
	ssize_t n;
	char *to;

	if (f->n > 0 && f->p != f->buf.p)
		memmove(f->buf.p, f->p, f->n);
	f->buf.len = f->n;
	to = buf_room(&f->buf, FEED_READ);
	if (to == NULL) {
		errno = f->n >= FEED_LINE_MAX - FEED_READ ? EFBIG : ENOMEM;
		return -1;
	}
	f->p = f->buf.p;
	n = read(f->fd, to, FEED_READ);
	if (n <= 0)
		return n < 0 ? -1 : 1;
	f->n += (size_t)n;
	return 0;
}

static int hand_out(struct feed *f, struct feed_line *l, size_t n, bool ended)
{
	*l = (struct feed_line){.p = f->p, .n = n, .ended = ended, .number = ++f->number};
	f->p += n + ended;
	f->n -= n + ended;
	return 0;
}

int feed_next(struct feed *f, struct feed_line *l)
{
	size_t searched = 0;
	const char *lf;
	int r;

	for (;;) {
		lf = find_byte(f->p + searched, '\n', f->n - searched);
		if (lf != NULL)
			return hand_out(f, l, (size_t)(lf - f->p), true);
		searched = f->n;
		r = f->fd < 0 ? 1 : read_on(f);
		if (r < 0)
			return -1;
		if (r == 1)
			return hand_out(f, l, f->n, false);
	}
}

void feed_free(struct feed *f)
{
	buf_free(&f->buf);
}
