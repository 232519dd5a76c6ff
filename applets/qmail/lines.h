/*
 * lines - a control file as lines. Pure.
 *
 * What nobody touched keeps its bytes and its place: comments, blank lines, odd blanks, a missing last
 * newline. Entries are found as qmail finds them (control_readfile, constmap): blanks behind a line
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

/* Private: where a line stands in text, newline and all. Offsets, for text moves as it grows; it stays below 4 GiB. */
struct lines_line {
	uint32_t at, n;
};

struct lines {
	size_t n;     /* lines there are now */
	bool changed; /* something was inserted, removed or spliced */
	/* private */
	struct buf text;
	struct lines_line *line;
	size_t cap;
	struct lines_index *index;
	bool failed;
};

/* What an entry is looked up by. */
enum lines_key {
	LINES_LIST,   /* the whole line: rcpthosts, locals */
	LINES_MAP,    /* what stands before the first colon: virtualdomains, smtproutes */
	LINES_TAIL,   /* what stands behind the second colon, blanks and all: the directory in users/qv-passwd */
	LINES_ASSIGN, /* as LINES_MAP, but '#' begins no comment there, and a dot in front is the key ".": users/assign */
};

void lines_parse(struct lines *l, const char *p, size_t n);

/* The same without a copy: b is taken over and emptied. */
void lines_take(struct lines *l, struct buf *b);
void lines_free(struct lines *l);
bool lines_failed(const struct lines *l);

/* Line i without its newline; *n bytes, embedded NULs and all. */
const char *lines_at(const struct lines *l, size_t i, size_t *n);

/* The first line at or behind from that has this key, or LINES_NONE. */
size_t lines_find(const struct lines *l, enum lines_key kind, const char *key, size_t from);

/* The last one: it decides in control maps (but the first in users/assign). */
size_t lines_find_last(const struct lines *l, enum lines_key kind, const char *key);

/* The key of line i, in the line: false for blank lines, comments and map lines without a colon. */
bool lines_key(const struct lines *l, enum lines_key kind, size_t i, const char **p, size_t *n);

/* What stands behind the first colon of map line i, blanks behind it taken off; "" is an answer. */
const char *lines_value(const struct lines *l, size_t i, size_t *n);

/* A new line (text without newline) before line i; i = l->n: at the end. */
void lines_insert(struct lines *l, size_t i, const char *text);
void lines_remove(struct lines *l, size_t i);

/* In line i what stands from byte from to byte to becomes this. */
void lines_splice(struct lines *l, size_t i, size_t from, size_t to, const char *by);

/* The whole file as it is now. */
void lines_render(const struct lines *l, struct buf *out);

#endif
