/* number - numbers in files that other users can write. */
#include "lib/number.h"

#include <stdlib.h>

long long number_foreign(const char *text)
{
	long long n = strtoll(text, NULL, 10);

	return n < 0 ? 0 : n > NUMBER_FOREIGN ? NUMBER_FOREIGN : n;
}
