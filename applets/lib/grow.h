/* grow - room for one more in an array that doubles. */
#ifndef LIB_GROW_H
#define LIB_GROW_H

#include <stddef.h>

/*
 * The array p of n elements of that size, with room for one more; *room: of how many elements it is, 0 with NULL; first: for how many at
 * first. NULL: no memory, and p stays as it is.
 */
void *grow(void *p, size_t n, size_t *room, size_t first, size_t size);

#endif
