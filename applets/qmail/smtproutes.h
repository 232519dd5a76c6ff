/*
 * smtproutes - whom qmail-remote sends a host's mail to. Pure; no DNS is asked.
 *
 * Asked are the host, its suffixes, and ""; the first entry that is there decides, and one without a value means MX records as usual.
 * The value is a host up to its first colon, then a port: its digits modulo 65536, 25 without a colon, 0 (where nobody
 * can be reached) without digits.
 */
#ifndef QMAIL_SMTPROUTES_H
#define QMAIL_SMTPROUTES_H

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

void smtproutes_find(const struct constmap *routes, const char *host, size_t n, struct smtproute *to);

#endif
