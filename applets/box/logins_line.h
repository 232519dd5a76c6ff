/* logins_line - one line of users/qv-passwd, BOX:[!]HASH:DIRECTORY. Pure. */
#ifndef BOX_LOGINS_LINE_H
#define BOX_LOGINS_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct qvpasswd_part {
	const char *p; /* in the line */
	size_t n;
};

struct qvpasswd_line {
	struct qvpasswd_part box, field, hash, dir; /* field: the hash with its "!" */
	bool suspended;
};

enum qvpasswd_kind {
	QVPASSWD_NOTHING, /* a comment, a blank line */
	QVPASSWD_BOX,
	QVPASSWD_BAD,
};

/* p without its newline. */
enum qvpasswd_kind qvpasswd_line(const char *p, size_t n, struct qvpasswd_line *line);

/* Its directory is this one. */
bool qvpasswd_line_is(const struct qvpasswd_line *line, const char *path);

#endif
