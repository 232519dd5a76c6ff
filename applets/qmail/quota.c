/* quota - how much mail may wait for a dial-up host. */
#include "qmail/quota.h"

#include <string.h>

/* Digits at *p, which moves behind them. 0, or -1: none, or too many. */
static int number(const char **p, const char *end, int64_t *to)
{
	const char *begin = *p;

	for (*to = 0; *p < end && **p >= '0' && **p <= '9' && *p - begin < QUOTA_DIGITS; ++*p)
		*to = *to * 10 + (**p - '0');
	return *p > begin ? 0 : -1;
}

int quota_parse(const char *text, size_t n, struct quota *q)
{
	const char *p = text, *end = text + n;

	*q = (struct quota){0};
	while (end > p && memchr(" \t\r\n", end[-1], 4) != NULL)
		end--;
	if (number(&p, end, &q->messages) < 0)
		return -1;
	if (p < end && *p == ',') {
		p++;
		if (number(&p, end, &q->bytes) < 0)
			return -1;
	}
	return p == end && (q->messages > 0 || q->bytes > 0) ? 0 : -1;
}
