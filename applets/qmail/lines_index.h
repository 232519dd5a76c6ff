/*
 * lines_index - where in a struct lines a key may stand, without looking at all lines. Pure; for lines.c.
 *
 *	for (i = lines_index_before(l, kind, key, n, l->n); i != LINES_NONE; i = lines_index_before(l, kind, key, n, i))
 *		... line i may have that key: compare
 *
 * Made at the first look and carried on at the next ones; what looks need not know of changes, but a change must
 * say from which line on the numbers move.
 */
#ifndef QMAIL_LINES_INDEX_H
#define QMAIL_LINES_INDEX_H

#include "qmail/lines.h"

/* NULL without memory; the others take that and look at all lines. */
struct lines_index *lines_index_new(void);
void lines_index_free(struct lines_index *x);

/* The next line before line i, going backwards, that may have this key of n bytes, or LINES_NONE. */
size_t lines_index_before(const struct lines *l, enum lines_key kind, const char *key, size_t n, size_t i);

/* Lines from i on are about to move. Costs as much as there are lines behind i. */
void lines_index_cut(struct lines *l, size_t i);

#endif
