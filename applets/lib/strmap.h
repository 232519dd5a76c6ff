/*
 * strmap - strings to numbers: a hash table. Pure.
 *
 *	struct strmap m = {0};
 *
 *	if (strmap_put(&m, path, i) < 0)
 *		... out of memory
 *	if (strmap_get(&m, path, &i))
 *		... it is there
 *	strmap_free(&m);
 */
#ifndef LIB_STRMAP_H
#define LIB_STRMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strmap {
	struct strmap_slot {
		const char *key; /* NULL: free */
		uint32_t hash, value;
	} *slot;        /* private */
	size_t n, room; /* private; room: 0 or a power of two */
};

/* key is not copied; value is below 2^32. One that is there gets the new value. 0; -1: out of memory, and all is as before. */
int strmap_put(struct strmap *m, const char *key, size_t value);

bool strmap_get(const struct strmap *m, const char *key, size_t *value);

void strmap_free(struct strmap *m);

/* What it goes by, for other tables. */
uint32_t strmap_hash(const char *key);

#endif
