/* ip - IPv4 addresses as qmail reads them. */
#include "qmail/ip.h"

/* Digits at s as one number modulo 256. False: no digit follows. */
static bool number(const char **s, const char *end, unsigned char *to)
{
	const char *p = *s;

	for (*to = 0; p < end && *p >= '0' && *p <= '9'; p++)
		*to = (unsigned char)(*to * 10 + (*p - '0'));
	if (p == *s)
		return false;
	*s = p;
	return true;
}

bool ip_parse(const char *s, size_t n, struct ip_address *ip)
{
	const char *end = s + n;

	for (int i = 0; i < 4; i++) {
		if (i > 0 && (s == end || *s++ != '.'))
			return false;
		if (!number(&s, end, &ip->d[i]))
			return false;
	}
	return s == end;
}

bool ip_literal(const char *s, size_t n, struct ip_address *ip)
{
	return n > 2 && s[0] == '[' && s[n - 1] == ']' && ip_parse(s + 1, n - 2, ip);
}
