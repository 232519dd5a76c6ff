/*
 * sorted - strings in order, to find those that begin with another. Pure.
 *
 *	struct sorted s = SORTED(limit);
 *
 *	sorted_add(&s, p, n);			as often as you like
 *	if (sorted_ready(&s) < 0)
 *		... out of memory
 *	for (size_t i = sorted_from(&s, "joe-"); i < s.n && strncmp(s.at[i], "joe-", 4) == 0; i++)
 *		... s.at[i]
 *	sorted_free(&s);
 */
#ifndef LIB_SORTED_H
#define LIB_SORTED_H

#include "lib/buf.h"

struct sorted {
	const char **at; /* n strings, by their bytes; each once */
	size_t n;
	struct buf text; /* private: the strings, each with its NUL */
};

#define SORTED(limit) ((struct sorted){.text = BUF(limit)})

/* n bytes without a NUL; they are copied. */
void sorted_add(struct sorted *s, const char *p, size_t n);

/* Nothing is added afterwards. 0, or -1: out of memory. */
int sorted_ready(struct sorted *s);

/* The first string that is not less than this one; s->n if all are. */
size_t sorted_from(const struct sorted *s, const char *string);
void sorted_free(struct sorted *s);

#endif
