/*
 * smtproutes - whom qmail-remote sends a host's mail to. Pure; no DNS is asked.
 *
 * Asked are the host, its suffixes, and ""; the first entry that is there decides, and one without a value means MX records as usual.
 * The value is a host up to its first colon, then a port: its digits modulo 65536, 25 without a colon, 0 (where nobody
 * can be reached) without digits.
 *
 * Many a qmail-remote can log in, and takes the login from behind the relay: "relay:port|user|password" (qmail-authentication, s/qmail)
 * or "relay:port user password" (qmail-ldap, qmailtoaster). It is a secret: nothing of it is printed.
 */
#ifndef QMAIL_SMTPROUTES_H
#define QMAIL_SMTPROUTES_H

#include "lib/buf.h"
#include "qmail/constmap.h"
#include "qmail/ip.h"

enum smtproutes_way {
	SMTPROUTES_MX,      /* by the MX records of the host */
	SMTPROUTES_ADDRESS, /* straight to an IP address */
	SMTPROUTES_NAME,    /* to what the name of the relay is, by A records */
	SMTPROUTES_NOBODY,  /* the relay is no name that could ever be found */
};

struct smtproute {
	struct constmap_entry entry; /* entry.line is 0: none decided */
	bool relayed;                /* by that entry, and not as the recipient's host has it */
	enum smtproutes_way way;
	const char *host; /* the relay's name, or the recipient's host */
	size_t hostlen;
	struct ip_address ip; /* for SMTPROUTES_ADDRESS */
	unsigned port;
};

/* Where in the n bytes of a value its login begins; n: it has none. A comment behind a value is not a login. */
size_t smtproutes_login(const char *value, size_t n);

/* Behind what is in b: a value as it may be shown, its login being "|..." or " ...". */
void smtproutes_show(struct buf *b, const char *value, size_t n);

/* The same of lines, "NAME:VALUE". */
void smtproutes_show_lines(struct buf *b, const char *text, size_t n);

void smtproutes_find(const struct constmap *routes, const char *host, size_t n, struct smtproute *to);

#endif
