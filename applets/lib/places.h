/*
 * places - where in a text a key may be, found by a hash of that key. Pure.
 *
 *	struct places p = {0};
 *
 *	if (places_add(&p, hash, at, line) < 0)
 *		... out of memory
 *	for (const struct place *q = places_last(&p, hash); q != NULL; q = places_before(&p, q))
 *		... compare what is at q->at
 *	places_free(&p);
 */
#ifndef LIB_PLACES_H
#define LIB_PLACES_H

#include <stddef.h>
#include <stdint.h>

struct place {
	uint32_t at, line; /* an offset and a number, as they were added */
	/* private */
	uint32_t hash, before;
};

struct places {
	/* private */
	struct place *place;
	uint32_t *head; /* as many as place has room: a power of two */
	size_t n, room;
};

/* at and line are below 2^32. 0, or -1: out of memory. */
int places_add(struct places *p, uint32_t hash, size_t at, size_t line);

/* The last one that was added with this hash, and the one before it; NULL: none. Valid until the next places_add(). */
const struct place *places_last(const struct places *p, uint32_t hash);
const struct place *places_before(const struct places *p, const struct place *place);
void places_free(struct places *p);

#endif
