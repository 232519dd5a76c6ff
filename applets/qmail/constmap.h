/*
 * constmap - look up a key in a control file, as qmail's own programs do. Pure.
 *
 *	struct constmap locals = {.p = text, .n = n};
 *	struct constmap_entry e;
 *
 *	if (constmap_find(&locals, CONSTMAP_LIST, host, hostlen, &e))
 *		... it is in line e.line
 *
 * The rules are those of control_readfile and constmap: trailing blanks are removed, leading blanks are not; '#' in the
 * first column begins a comment; a NUL byte splits a line into two entries, of which the second may begin with '#';
 * letters compare without case; the last entry of a key decides. struct lines, which edits files, does not handle
 * NULs; this lookup must, because its answer is shown as where mail goes.
 */
#ifndef QMAIL_CONSTMAP_H
#define QMAIL_CONSTMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum constmap_kind {
	CONSTMAP_LIST, /* the whole line is the key: rcpthosts, locals, percenthack */
	CONSTMAP_MAP,  /* the key ends at the first colon; lines without one are ignored: virtualdomains, smtproutes */
};

/* A file's bytes; p NULL: no file. With an index, which belongs to these bytes, many lookups cost little more than one. */
struct constmap {
	const char *p;
	size_t n;
	struct constmap_index *index; /* NULL: none */
};

/* Points into the text. */
struct constmap_entry {
	size_t line; /* from 1 */
	const char *key, *value;
	size_t keylen, valuelen;
};

bool constmap_find(const struct constmap *map, enum constmap_kind kind, const char *key, size_t n, struct constmap_entry *e);

/*
 * The keys that rcpthosts, virtualdomains and smtproutes are searched for: the name itself, then each suffix that
 * begins with a dot, longest first. Start with *at = 0; false at the end. An empty name has no keys.
 *
 *	for (size_t at = 0; constmap_suffix(host, n, &at, &key, &keylen);)
 */
bool constmap_suffix(const char *name, size_t n, size_t *at, const char **p, size_t *len);

/* The first n bytes are the same but for the case of letters. */
bool constmap_same(const char *a, const char *b, size_t n);

/* Of keys that are the same in this sense. */
uint32_t constmap_hash(const char *key, size_t n);

/*
 * It is built when it pays off, and is for lookups of one kind. NULL: out of memory, and there is none.
 */
struct constmap_index *constmap_index_new(void);
void constmap_index_free(struct constmap_index *x);

#endif
