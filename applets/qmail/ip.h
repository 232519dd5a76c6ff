/* ip - IPv4 addresses as qmail reads them: each number is taken modulo 256 and may have any number of digits. Pure. */
#ifndef QMAIL_IP_H
#define QMAIL_IP_H

#include <stdbool.h>
#include <stddef.h>

struct ip_address {
	unsigned char d[4];
};

/* All n bytes are 1.2.3.4. */
bool ip_parse(const char *s, size_t n, struct ip_address *ip);

/* All n bytes are [1.2.3.4]. */
bool ip_literal(const char *s, size_t n, struct ip_address *ip);

#endif
