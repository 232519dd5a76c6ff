/* turns - in which order a pass goes through the hosts. */
#include "master/turns.h"

#include "lib/fnv.h"

static size_t common_divisor(size_t a, size_t b)
{
	while (b != 0) {
		size_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

void turns_begin(struct turns *t, size_t n, const char *name)
{
	uint64_t number = fnv(name);

	number ^= number >> 29;
	*t = (struct turns){.n = n, .step = 1};
	if (*name == '\0' || n == 0)
		return;
	t->from = (size_t)(number >> 32) % n;
	for (t->step = (size_t)number % n; common_divisor(t->step, n) != 1; t->step++)
		;
}

size_t turns_at(const struct turns *t, size_t at)
{
	return t->n == 0 ? at : (size_t)((t->from + (uint64_t)at * t->step) % t->n);
}

int64_t turns_left(const struct turns *t, size_t at)
{
	return t->step == 1 ? 0 : (int64_t)(t->n - at);
}
