/*
 * smtproutes - the server that qmail-remote sends a host's mail to. Pure; no DNS lookups.
 *
 * The keys are the host, its suffixes, and ""; the first entry found decides, and an empty value means MX records as
 * usual. The value is a host up to its first colon, then a port: its digits modulo 65536; without a colon 25; without
 * digits 0, which cannot be reached.
 *
 * Some versions of qmail-remote can log in and read the login after the relay: "relay:port|user|password"
 * (qmail-authentication, s/qmail) or "relay:port user password" (qmail-ldap, qmailtoaster). It is secret and never printed.
 *
 * Some know an IPv6 address in brackets, with or without a port, or a semicolon before the port: "[2001:db8::1]:25",
 * "relay;587" (s/qmail). Which version is installed cannot be seen in the file.
 */
#ifndef QMAIL_SMTPROUTES_H
#define QMAIL_SMTPROUTES_H

#include "lib/buf.h"
#include "qmail/constmap.h"
#include "qmail/ip.h"

enum smtproutes_way {
	SMTPROUTES_MX,      /* by the MX records of the host */
	SMTPROUTES_ADDRESS, /* straight to an IP address */
	SMTPROUTES_NAME,    /* to the A records of the relay's name */
	SMTPROUTES_NOBODY,  /* the relay's name cannot exist in the DNS */
	SMTPROUTES_SOME,    /* a form that some versions support; for others it is a name that cannot exist */
};

struct smtproute {
	struct constmap_entry entry; /* entry.line is 0: no entry decided */
	bool relayed;                /* that entry names the server, not the recipient's host */
	enum smtproutes_way way;
	const char *host; /* the relay's name, or the recipient's host */
	size_t hostlen;
	struct ip_address ip; /* for SMTPROUTES_ADDRESS */
	unsigned port;
	const char *other; /* for SMTPROUTES_SOME: the host's name as the other versions read it */
	size_t otherlen;
};

/* The offset of the login in the n bytes of a value; n: no login. A comment after the value is not a login. */
size_t smtproutes_login(const char *value, size_t n);

/* Does a value, whatever its login, name the server of relay, which name_route() accepted? Without a port both mean 25. */
bool smtproutes_names(const char *value, size_t n, const char *relay);

/* Append a value to b in a form that may be shown: its login becomes "|..." or " ...". */
void smtproutes_show(struct buf *b, const char *value, size_t n);

/* The same for lines "NAME:VALUE". */
void smtproutes_show_lines(struct buf *b, const char *text, size_t n);

void smtproutes_find(const struct constmap *routes, const char *host, size_t n, struct smtproute *to);

#endif
