/* join - strings one after another, in an array. */
#include "lib/join.h"

#include <stdarg.h>
#include <string.h>

#include "lib/copy.h"

size_t join_part(char *to, size_t room, const char *p, size_t n)
{
	size_t fits = n < room ? n : room - 1;

	copy(to, p, fits);
	to[fits] = '\0';
	return n;
}

size_t join(char *to, size_t room, ...)
{
	size_t n = 0, at = 0;
	const char *s;
	va_list ap;

	va_start(ap, room);
	while ((s = va_arg(ap, const char *)) != NULL) {
		n += join_part(to + at, room - at, s, strlen(s));
		at = n < room ? n : room - 1;
	}
	va_end(ap);
	return n;
}

const char *join_number(char to[JOIN_NUMBER], unsigned long number, int digits)
{
	char *p = to + JOIN_NUMBER - 1;

	for (*p = '\0'; number > 0 || digits > 0; number /= 10, digits--)
		*--p = (char)('0' + number % 10);
	return p;
}
