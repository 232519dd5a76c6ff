/*
 * texts - many short strings, kept together and freed together. Pure.
 *
 *	struct texts t = {0};
 *	const char *kept = texts_add(&t, p, n);		NULL: out of memory
 *
 *	texts_free(&t);
 */
#ifndef LIB_TEXTS_H
#define LIB_TEXTS_H

#include <stddef.h>

struct texts {
	/* private */
	struct texts_chunk *last;
	size_t left; /* bytes in it */
};

/* A copy of n bytes with a NUL behind them; it does not move. NULL: out of memory. */
const char *texts_add(struct texts *t, const char *p, size_t n);

/* What from has belongs to t from now on; from is empty. */
void texts_join(struct texts *t, struct texts *from);
void texts_free(struct texts *t);

#endif
