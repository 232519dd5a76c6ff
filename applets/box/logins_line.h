/* logins_line - one line of users/qv-passwd, BOX:[!]HASH:DIRECTORY. Pure. */
#ifndef BOX_LOGINS_LINE_H
#define BOX_LOGINS_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct logins_part {
	const char *p; /* in the line */
	size_t n;
};

struct logins_line {
	struct logins_part box, field, hash, dir; /* field: the hash with its "!" */
	bool suspended;
};

enum logins_kind {
	LOGINS_NOTHING, /* a comment, a blank line */
	LOGINS_BOX,
	LOGINS_BAD,
};

/* Parse line p, which is without its newline. */
enum logins_kind logins_line(const char *p, size_t n, struct logins_line *line);

/* True if its directory is this one. */
bool logins_line_is(const struct logins_line *line, const char *path);

#endif
