/*
 * name_feed - file names from a descriptor, a NUL behind each, as they come.
 *
 *	switch (names_next(&n, &name)) {
 *	case NAMES_ONE:   name, until the next call
 *	case NAMES_NONE:  poll n.fd, then names_read(&n)
 *	case NAMES_END:
 *	}
 */
#ifndef SERIAL_NAME_FEED_H
#define SERIAL_NAME_FEED_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum names_event { NAMES_ONE, NAMES_NONE, NAMES_END };

struct names {
	int fd;
	bool over;             /* private: end of file */
	size_t at, n;          /* private */
	char buf[2 * PATH_MAX]; /* private */
};

enum names_event names_next(struct names *n, const char **name);

/* What is there now. 0; -1 with errno: also a name that is longer than any file's. */
int names_read(struct names *n);

#endif
