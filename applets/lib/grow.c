/* grow - room for one more in an array that doubles. */
#include "lib/grow.h"

#include <stdlib.h>

void *grow(void *p, size_t n, size_t *room, size_t first, size_t size)
{
	size_t more = *room > 0 ? *room * 2 : first;

	if (n < *room)
		return p;
	p = realloc(p, more * size);
	if (p != NULL)
		*room = more;
	return p;
}
