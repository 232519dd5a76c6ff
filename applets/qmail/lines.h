/*
 * lines - a control file as lines. Pure.
 *
 * Untouched lines keep their bytes and their place: comments, blank lines, odd blanks, a missing last
 * newline. Entries are found as qmail finds them (control_readfile, constmap): trailing blanks
 * are ignored, a '#' in the first column is a comment, letters compare without case. Finding one costs the
 * same among ten lines and among a hundred thousand.
 *
 *	struct lines l = {0};
 *
 *	lines_parse(&l, text, n);
 *	at = lines_find(&l, LINES_MAP, "example.com", 0);
 *	if (at == LINES_NONE)
 *		lines_insert(&l, l.n, "example.com:example.com");
 *	lines_render(&l, &out);
 *	if (lines_failed(&l) || buf_failed(&out))	out of memory
 *		...
 *	lines_free(&l);
 */
#ifndef QMAIL_LINES_H
#define QMAIL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

#define LINES_NONE ((size_t)-1)

/* Private: the place of a line in text, with its newline. Offsets, as text moves when it grows; it stays below 4 GiB. */
struct lines_line {
	uint32_t at, n;
};

struct lines {
	size_t n;     /* current number of lines */
	bool changed; /* something was inserted, removed or spliced */
	/* private */
	struct buf text;
	struct lines_line *line;
	size_t cap;
	struct lines_index *index;
	bool failed;
};

/* The key that an entry is looked up by. */
enum lines_key {
	LINES_LIST,   /* the whole line: rcpthosts, locals */
	LINES_MAP,    /* the text before the first colon: virtualdomains, smtproutes */
	LINES_VALUE,  /* of LINES_MAP, the text after the first colon: the id in virtualdomains */
	LINES_TAIL,   /* the text after the second colon, with its blanks: the directory in users/qv-passwd */
	LINES_ASSIGN, /* as LINES_MAP, but '#' does not begin a comment, and a leading dot is the key ".": users/assign */
	LINES_HOME,   /* the last part of the home in users/assign */
	LINES_KEYS
};

void lines_parse(struct lines *l, const char *p, size_t n);

/* The same without a copy: b is taken over and emptied. */
void lines_take(struct lines *l, struct buf *b);
void lines_free(struct lines *l);
bool lines_failed(const struct lines *l);

/* Line i without its newline; *n bytes, including embedded NULs. */
const char *lines_at(const struct lines *l, size_t i, size_t *n);

/* The first line at or after from that has this key, or LINES_NONE. */
size_t lines_find(const struct lines *l, enum lines_key kind, const char *key, size_t from);

/* The last one: it decides in control maps (but the first in users/assign). */
size_t lines_find_last(const struct lines *l, enum lines_key kind, const char *key);

/* The last one before line i: all lines with a key, from the last to the first, cost no more than there are. */
size_t lines_find_before(const struct lines *l, enum lines_key kind, const char *key, size_t i);

/* The key of line i, in the line: false for blank lines, comments and map lines without a colon. */
bool lines_key(const struct lines *l, enum lines_key kind, size_t i, const char **p, size_t *n);

/* The text after the first colon of map line i, without trailing blanks; it may be "". */
const char *lines_value(const struct lines *l, size_t i, size_t *n);

/* A new line (text without newline) before line i; i = l->n: at the end. */
void lines_insert(struct lines *l, size_t i, const char *text);
void lines_remove(struct lines *l, size_t i);

/* Replace bytes from..to of line i by this text. */
void lines_splice(struct lines *l, size_t i, size_t from, size_t to, const char *by);

/* The whole file as it is now. */
void lines_render(const struct lines *l, struct buf *out);

/* The same without a copy, n bytes that are valid until l changes; NULL: they are in several pieces, render them. */
const char *lines_whole(const struct lines *l, size_t *n);

#endif
