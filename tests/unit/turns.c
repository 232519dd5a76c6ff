/* In which order a master goes through the hosts. */
#include "master/turns.h"

#include <stdlib.h>

#include "tap.h"

/* How many have their turn exactly once. */
static size_t visited(size_t n, const char *name)
{
	unsigned char *seen = calloc(n + 1, 1);
	struct turns t;
	size_t once = 0;

	if (seen == NULL)
		return 0;
	turns_begin(&t, n, name);
	for (size_t at = 0; at < n; at++)
		seen[turns_at(&t, at)]++;
	for (size_t i = 0; i < n; i++)
		once += seen[i] == 1;
	free(seen);
	return once;
}

/* How often two gateways are at the same host at the same time. */
static size_t meetings(size_t n, const char *one, const char *other)
{
	struct turns a, b;
	size_t met = 0;

	turns_begin(&a, n, one);
	turns_begin(&b, n, other);
	for (size_t at = 0; at < n; at++)
		met += turns_at(&a, at) == turns_at(&b, at);
	return met;
}

int main(void)
{
	static const char *const names[] = {"", "gw1", "gw2", "a.example.net", "x"};
	struct turns t;

	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		size_t wrong = 0;

		for (size_t n = 0; n < 300; n++)
			wrong += visited(n, names[k]) != n;
		ok(wrong == 0, "each host has one turn at \"%s\"", names[k]);
	}
	turns_begin(&t, 10, "");
	ok(turns_at(&t, 0) == 0 && turns_at(&t, 1) == 1 && turns_at(&t, 9) == 9, "who has them alone takes them as they are");
	ok(meetings(1000, "gw1", "gw2") < 20, "two gateways are seldom at the same host");
	ok(meetings(1000, "gw1", "gw3") < 20, "nor are others");
	return done_testing();
}
