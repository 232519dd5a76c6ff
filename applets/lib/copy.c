/* copy - memcpy(3) for a few bytes. */
#include "lib/copy.h"

#include <string.h>

enum { FEW = 256 };

/* As pieces of one length; the last may overlap the one before it. */
static inline void pieces(char *to, const char *from, size_t n, size_t piece)
{
	char *last = to + n - piece;

	for (; to < last; to += piece, from += piece)
		memcpy(to, from, piece);
	memcpy(last, from - (size_t)(to - last), piece);
}

void copy(char *to, const char *from, size_t n)
{
	if (n > FEW)
		memcpy(to, from, n);
	else if (n >= 16)
		pieces(to, from, n, 16);
	else if (n >= 4)
		pieces(to, from, n, 4);
	else
		while (n-- > 0)
			*to++ = *from++;
}
