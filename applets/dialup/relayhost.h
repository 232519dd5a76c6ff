/* relayhost - RELAYHOST: the servers of a dial-up host, in order of preference. Pure. */
#ifndef DIALUP_RELAYHOST_H
#define DIALUP_RELAYHOST_H

#include "qmail/names.h"

enum { RELAYHOST_MAX = 16, RELAYHOST_PORT = 25 };

struct relayhost {
	struct name_host host[RELAYHOST_MAX]; /* port filled in */
	size_t n;
};

/*
 * One HOST[:PORT] or [IPV6]:PORT a line; blank lines and # comments are skipped. Errors show path. 0, or -1: no host, or
 * an invalid line.
 */
int relayhost_parse(struct err *e, const char *path, const char *text, size_t n, struct relayhost *r);

#endif
