/* find: the first and the last of a byte, as memchr() and memrchr() find it, and no byte outside is looked at. */
#include "lib/find.h"

#include <stdlib.h>

#include "tap.h"

enum { LONGEST = 70 };

/* In memory of exact size, so that a sanitizer sees a byte read beyond it. */
static bool same(const char *text, size_t n, char c)
{
	char *p = malloc(n + (n == 0));
	bool held;

	if (p == NULL)
		return false;
	memcpy(p, text, n);
	held = find_byte(p, c, n) == memchr(p, c, n) && find_last_byte(p, c, n) == memrchr(p, c, n);
	free(p);
	return held;
}

int main(void)
{
	char text[LONGEST];
	bool held = true;

	for (size_t n = 0; n <= sizeof text; n++)
		for (size_t at = 0; at < sizeof text; at++) {
			memset(text, '.', sizeof text);
			text[at] = ':';
			text[sizeof text - 1 - at] = ':';
			held &= same(text, n, ':');
		}
	ok(held, "one or two of them, at any place in texts up to %d bytes", LONGEST);
	held = true;
	srand(1);
	for (int i = 0; i < 20000; i++) {
		size_t n = (size_t)rand() % (sizeof text + 1);

		for (size_t k = 0; k < n; k++)
			text[k] = (char)(rand() % 3 - 1);
		held &= same(text, n, (char)(rand() % 3 - 1));
	}
	ok(held, "many of them, also NUL and bytes from 128 on");
	return done_testing();
}
