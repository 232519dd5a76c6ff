/*
 * constmap - what a control file says about a key, as qmail's own programs ask it. Pure.
 *
 *	struct constmap locals = {text, n};
 *	struct constmap_entry e;
 *
 *	if (constmap_find(&locals, CONSTMAP_LIST, host, hostlen, &e))
 *		... it stands in line e.line
 *
 * The rules are those of control_readfile and constmap: blanks behind a line are taken off, blanks before it are not;
 * '#' in the first column begins a comment; a NUL byte splits a line into two entries, of which the second may begin
 * with '#'; letters compare without case; the last entry of a key decides. struct lines is for files that are to be changed and
 * does not know of NULs; here a wrong answer would be a lie about where mail goes.
 */
#ifndef QMAIL_CONSTMAP_H
#define QMAIL_CONSTMAP_H

#include <stdbool.h>
#include <stddef.h>

enum constmap_kind {
	CONSTMAP_LIST, /* the whole line is the key: rcpthosts, locals, percenthack */
	CONSTMAP_MAP,  /* what stands before the first colon, and lines without one do not count: virtualdomains, smtproutes */
};

/* A file's bytes; {NULL, 0}: no file. */
struct constmap {
	const char *p;
	size_t n;
};

/* Points into the text. */
struct constmap_entry {
	size_t line; /* from 1 */
	const char *key, *value;
	size_t keylen, valuelen;
};

bool constmap_find(const struct constmap *map, enum constmap_kind kind, const char *key, size_t n, struct constmap_entry *e);

/*
 * The name itself, then what follows it from each dot on, left to right: where rcpthosts, virtualdomains and smtproutes are
 * asked. *at is 0 to begin with; false at the end. Of an empty name there is nothing.
 *
 *	for (size_t at = 0; constmap_suffix(host, n, &at, &key, &keylen);)
 */
bool constmap_suffix(const char *name, size_t n, size_t *at, const char **p, size_t *len);

/* The first n bytes are the same but for the case of letters. */
bool constmap_same(const char *a, const char *b, size_t n);

#endif
