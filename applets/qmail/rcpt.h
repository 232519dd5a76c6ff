/*
 * rcpt - what qmail-smtpd makes of RCPT TO, and whether rcpthosts lets it in. Pure.
 *
 * RFC 821's source routes are taken off, quotes and backslashes are taken away: the envelope holds the address without them. The same
 * two steps as in qmail-smtpd(8): the address, then a domain literal that means this host itself.
 */
#ifndef QMAIL_RCPT_H
#define QMAIL_RCPT_H

#include "lib/buf.h"
#include "qmail/constmap.h"
#include "qmail/ip.h"

enum { RCPT_MAX = 899 /* bytes an address may have; longer ones are a syntax error */ };

/*
 * arg is what stands behind "RCPT " ("TO:<joe@example.com>"): the envelope's recipient into to. What has no '<' is taken
 * from behind its first colon to the next blank.
 */
void rcpt_address(const char *arg, struct buf *to);

/* Where the host begins, behind the last '@', which may be at n; n + 1: there is no '@'. */
size_t rcpt_host(const char *address, size_t n);

/* The host is a domain literal, [1.2.3.4]: its address. */
bool rcpt_literal(const char *address, size_t n, struct ip_address *ip);

/* The entry of rcpthosts that lets this host in: itself, then its suffixes. */
bool rcpt_allowed(const struct constmap *rcpthosts, const char *host, size_t n, struct constmap_entry *e);

#endif
