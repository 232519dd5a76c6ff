/* relayhost - RELAYHOST: who takes a dial-up host's mail, in order of preference. Pure. */
#ifndef DIALUP_RELAYHOST_H
#define DIALUP_RELAYHOST_H

#include "qmail/names.h"

enum { RELAYHOST_MAX = 16, RELAYHOST_PORT = 25 };

struct relayhost {
	struct name_host host[RELAYHOST_MAX]; /* port filled in */
	size_t n;
};

/*
 * One HOST[:PORT] or [IPV6]:PORT a line; blank lines and # comments are passed over. path stands in errors. 0, or -1:
 * nobody is named, or a line is nonsense.
 */
int relayhost_parse(struct err *e, const char *path, const char *text, size_t n, struct relayhost *r);

#endif
