/* base64 - RFC 4648, as AUTH needs it. Pure. */
#ifndef LIB_BASE64_H
#define LIB_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that n bytes become, with a NUL. */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)

/* to has BASE64_SIZE(n) bytes. */
void base64_encode(const void *p, size_t n, char *to);

/* Decode the string s into to, size bytes, and put a NUL behind. False: s is no base64, or too long. *n: bytes without the NUL. */
bool base64_decode(const char *s, char *to, size_t size, size_t *n);

#endif
