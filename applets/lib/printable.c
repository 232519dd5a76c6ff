/* printable - foreign text for a terminal. */
#include "lib/printable.h"

char *printable(char *s)
{
	for (char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p < 32 || *p == 127)
			*p = '?';
	return s;
}
