/*
 * name_feed - file names from a descriptor, a NUL behind each, as they come.
 *
 *	switch (name_feed_next(&n, &name)) {
 *	case NAME_FEED_ONE:   name, until the next call
 *	case NAME_FEED_NONE:  poll n.fd, then name_feed_read(&n)
 *	case NAME_FEED_END:
 *	}
 */
#ifndef SERIAL_NAME_FEED_H
#define SERIAL_NAME_FEED_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum name_feed_event { NAME_FEED_ONE, NAME_FEED_NONE, NAME_FEED_END };

struct name_feed {
	int fd;
	bool over;             /* private: end of file */
	size_t at, n;          /* private */
	char buf[2 * PATH_MAX]; /* private */
};

enum name_feed_event name_feed_next(struct name_feed *n, const char **name);

/* What is there now. 0; -1 with errno: also a name that is longer than any file's. */
int name_feed_read(struct name_feed *n);

#endif
