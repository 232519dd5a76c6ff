/* peer - IP addresses of peers, and the ranges that they may call from (RFC 4632, RFC 4291). Pure. */
#ifndef LIB_PEER_H
#define LIB_PEER_H

#include <stdbool.h>
#include <sys/socket.h>

enum { PEER_TEXT = 64 /* bytes of one with its prefix, and a NUL */ };

/* IPv6, or IPv4 as ::ffff:1.2.3.4, which is how a listener may see it. */
struct peer {
	unsigned char byte[16];
};

struct peer_range {
	struct peer first;
	unsigned prefix; /* bits of the 128 that count */
};

/* "192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7", "fe80::1%eth0". False: it is no address. */
bool peer_parse(const char *text, struct peer *a);

/* Of a socket's address. False: it is neither IPv4 nor IPv6. */
bool peer_of(const struct sockaddr *address, struct peer *a);

/* As text: IPv4 where it is that. to has PEER_TEXT bytes. */
void peer_print(const struct peer *a, char *to);

/* "192.0.2.0/24", "2001:db8::/32", or one address. NULL, or why it is none: it follows a colon. */
const char *peer_range_parse(const char *text, struct peer_range *r);
void peer_range_print(const struct peer_range *r, char *to);
bool peer_is_in(const struct peer *a, const struct peer_range *r);

#endif
