/* printable - foreign text for a terminal. */
#include "lib/printable.h"

#include <string.h>

bool is_control_byte(char c)
{
	return (unsigned char)c < 32 || c == 127;
}

void printable_bytes(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_control_byte(p[i]))
			p[i] = '?';
}

char *printable(char *s)
{
	printable_bytes(s, strlen(s));
	return s;
}
