/* name_feed - file names from a descriptor, a NUL behind each, as they come. */
#include "serial/name_feed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A last one without its NUL is none: whoever wrote it did not come to its end. */
enum name_feed_event name_feed_next(struct name_feed *n, const char **name)
{
	const char *nul = memchr(n->buf + n->at, '\0', n->n - n->at);

	if (nul == NULL)
		return n->over ? NAME_FEED_END : NAME_FEED_NONE;
	*name = n->buf + n->at;
	n->at = (size_t)(nul + 1 - n->buf);
	return NAME_FEED_ONE;
}

int name_feed_read(struct name_feed *n)
{
	ssize_t got;

	memmove(n->buf, n->buf + n->at, n->n - n->at);
	n->n -= n->at;
	n->at = 0;
	if (n->n == sizeof n->buf) {
		errno = ENAMETOOLONG;
		return -1;
	}
	got = read(n->fd, n->buf + n->n, sizeof n->buf - n->n);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	n->over = got == 0;
	n->n += (size_t)got;
	return 0;
}
