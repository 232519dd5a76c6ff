/*
 * lines_index - which lines of a struct lines may have a key, without reading all of them. Pure; for lines.c.
 *
 *	for (i = lines_index_before(l, kind, key, n, l->n); i != LINES_NONE; i = lines_index_before(l, kind, key, n, i))
 *		... line i may have that key: compare
 *
 * Built at the first lookup and updated at later ones. Lookups need not know about changes, but a change must tell
 * from which line on the numbers move.
 */
#ifndef QMAIL_LINES_INDEX_H
#define QMAIL_LINES_INDEX_H

#include "qmail/lines.h"

/* NULL if out of memory; the other functions accept NULL and read all lines. */
struct lines_index *lines_index_new(void);
void lines_index_free(struct lines_index *x);

/* The next line before line i, going backwards, that may have this key of n bytes, or LINES_NONE. */
size_t lines_index_before(const struct lines *l, enum lines_key kind, const char *key, size_t n, size_t i);

/* Call before lines from i on move. The cost grows with the number of lines after i. */
void lines_index_cut(struct lines *l, size_t i);

#endif
