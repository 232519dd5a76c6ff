/* base64 - RFC 4648, as AUTH needs it. */
#include "lib/base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *p, size_t n, char *to)
{
	const unsigned char *from = p;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t bits = (uint32_t)from[i] << 16;

		if (i + 1 < n)
			bits |= (uint32_t)from[i + 1] << 8;
		if (i + 2 < n)
			bits |= from[i + 2];
		*to++ = digits[bits >> 18];
		*to++ = digits[bits >> 12 & 63];
		*to++ = i + 1 < n ? digits[bits >> 6 & 63] : '=';
		*to++ = i + 2 < n ? digits[bits & 63] : '=';
	}
	*to = '\0';
}

static int value(char c)
{
	const char *p = c != '\0' ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) : -1;
}

bool base64_decode(const char *s, char *to, size_t size, size_t *n)
{
	size_t len = strlen(s), end = len;
	uint32_t bits = 0;

	while (end > 0 && len - end < 2 && s[end - 1] == '=')
		end--;
	*n = end * 6 / 8;
	if (len % 4 != 0 || *n >= size)
		return false;
	for (size_t i = 0, k = 0; i < end; i++) {
		if (value(s[i]) < 0)
			return false;
		bits = bits << 6 | (uint32_t)value(s[i]);
		if (i % 4 != 0 && k < *n)
			to[k++] = (char)(bits >> (6 - 2 * (i % 4)));
	}
	to[*n] = '\0';
	return true;
}
