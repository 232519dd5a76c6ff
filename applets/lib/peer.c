/* peer - IP addresses of peers, and the ranges that they may call from. */
#include "lib/peer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lib/opt.h"

enum { BITS = 128, MAPPED = 96 /* bits before an IPv4 address */ };

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_ipv4(const struct peer *a)
{
	return memcmp(a->byte, mapped, sizeof mapped) == 0;
}

bool peer_parse(const char *text, struct peer *a)
{
	char plain[PEER_TEXT];
	size_t n = strcspn(text, "%");

	if (n >= sizeof plain || (text[n] == '%' && strchr(text, ':') == NULL))
		return false;
	memcpy(plain, text, n);
	plain[n] = '\0';
	memcpy(a->byte, mapped, sizeof mapped);
	return inet_pton(AF_INET, plain, a->byte + sizeof mapped) == 1 || inet_pton(AF_INET6, plain, a->byte) == 1;
}

bool peer_of(const struct sockaddr *address, struct peer *a)
{
	if (address->sa_family == AF_INET6) {
		memcpy(a->byte, &((const struct sockaddr_in6 *)address)->sin6_addr, sizeof a->byte);
		return true;
	}
	memcpy(a->byte, mapped, sizeof mapped);
	memcpy(a->byte + sizeof mapped, &((const struct sockaddr_in *)address)->sin_addr, sizeof a->byte - sizeof mapped);
	return address->sa_family == AF_INET;
}

void peer_print(const struct peer *a, char *to)
{
	bool four = is_ipv4(a);

	if (inet_ntop(four ? AF_INET : AF_INET6, a->byte + (four ? sizeof mapped : 0), to, PEER_TEXT) == NULL)
		*to = '\0';
}

/* The first bit behind the prefix that is set, or BITS. */
static unsigned first_set(const struct peer *a, unsigned from)
{
	while (from < BITS && (a->byte[from / 8] >> (7 - from % 8) & 1) == 0)
		from++;
	return from;
}

const char *peer_range_parse(const char *text, struct peer_range *r)
{
	const char *slash = strchr(text, '/');
	char plain[PEER_TEXT];
	long bits;

	if (strlen(text) >= sizeof plain || strchr(text, '%') != NULL)
		return "expected ADDRESS or ADDRESS/PREFIX";
	snprintf(plain, sizeof plain, "%.*s", slash != NULL ? (int)(slash - text) : (int)strlen(text), text);
	if (!peer_parse(plain, &r->first))
		return "expected ADDRESS or ADDRESS/PREFIX";
	r->prefix = BITS;
	if (slash == NULL)
		return NULL;
	if (opt_number(slash + 1, strchr(plain, ':') != NULL ? BITS : BITS - MAPPED, &bits) < 0)
		return "the prefix is no number of bits";
	r->prefix = (unsigned)bits + (strchr(plain, ':') != NULL ? 0 : MAPPED);
	return first_set(&r->first, r->prefix) < BITS ? "it has bits behind its prefix" : NULL;
}

void peer_range_print(const struct peer_range *r, char *to)
{
	bool four = is_ipv4(&r->first) && r->prefix >= MAPPED;
	size_t n;

	peer_print(&r->first, to);
	n = strlen(to);
	if (r->prefix < BITS)
		snprintf(to + n, PEER_TEXT - n, "/%u", r->prefix - (four ? MAPPED : 0));
}

bool peer_is_in(const struct peer *a, const struct peer_range *r)
{
	unsigned bytes = r->prefix / 8, bits = r->prefix % 8;

	if (memcmp(a->byte, r->first.byte, bytes) != 0)
		return false;
	return bits == 0 || (a->byte[bytes] ^ r->first.byte[bytes]) >> (8 - bits) == 0;
}
