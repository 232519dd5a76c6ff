/*
 * rcpt - how qmail-smtpd parses RCPT TO, and whether rcpthosts accepts it. Pure.
 *
 * RFC 821 source routes, quotes and backslashes are removed: the envelope contains the address without them. There are
 * two steps, as in qmail-smtpd(8): the address, then a domain literal that means this host itself.
 */
#ifndef QMAIL_RCPT_H
#define QMAIL_RCPT_H

#include "lib/buf.h"
#include "qmail/constmap.h"
#include "qmail/ip.h"

enum { RCPT_MAX = 899 /* longest address in bytes; a longer one is a syntax error */ };

/*
 * Put the envelope recipient of arg into to; arg is the text after "RCPT " ("TO:<joe@example.com>"). Without a '<' the
 * address begins after the first colon and ends at the next blank.
 */
void rcpt_address(const char *arg, struct buf *to);

/* The same of what a person types: "joe@example.com", "<joe@example.com>", or a whole command as a client sends it. */
void rcpt_typed(const char *text, struct buf *to);

/* Offset of the host, after the last '@'; it may be n. n + 1: no '@'. */
size_t rcpt_host(const char *address, size_t n);

/* True if the host is a domain literal, [1.2.3.4]; its address is put into ip. */
bool rcpt_literal(const char *address, size_t n, struct ip_address *ip);

/* The entry of rcpthosts that accepts this host: the host itself, then its suffixes. */
bool rcpt_allowed(const struct constmap *rcpthosts, const char *host, size_t n, struct constmap_entry *e);

#endif
