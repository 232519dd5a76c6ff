/* find - memchr(3) and memrchr(3) of GNU, 16 bytes at a time. */
#include "lib/find.h"

#include <stdint.h>
#include <string.h>

enum { LANES = 16, HALF = 8 };

typedef unsigned char lanes __attribute__((vector_size(LANES)));

/* Which of 16 bytes are c: 0xff in the place of each. */
static void compare(const char *p, char c, uint64_t found[2])
{
	lanes v, m;

	memcpy(&v, p, sizeof v);
	m = (lanes)(v == (unsigned char)c);
	memcpy(found, &m, sizeof m);
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
static int first(uint64_t w)
{
	return __builtin_ctzll(w) / 8;
}

static int last(uint64_t w)
{
	return HALF - 1 - __builtin_clzll(w) / 8;
}
#else
static int first(uint64_t w)
{
	return __builtin_clzll(w) / 8;
}

static int last(uint64_t w)
{
	return HALF - 1 - __builtin_ctzll(w) / 8;
}
#endif

const char *find_byte(const char *p, char c, size_t n)
{
	uint64_t w[2];

	for (; n >= LANES; p += LANES, n -= LANES) {
		compare(p, c, w);
		if (w[0] != 0)
			return p + first(w[0]);
		if (w[1] != 0)
			return p + HALF + first(w[1]);
	}
	for (; n > 0; p++, n--)
		if (*p == c)
			return p;
	return NULL;
}

const char *find_last_byte(const char *p, char c, size_t n)
{
	uint64_t w[2];

	for (; n >= LANES; n -= LANES) {
		compare(p + n - LANES, c, w);
		if (w[1] != 0)
			return p + n - HALF + last(w[1]);
		if (w[0] != 0)
			return p + n - LANES + last(w[0]);
	}
	while (n > 0)
		if (p[--n] == c)
			return p + n;
	return NULL;
}
