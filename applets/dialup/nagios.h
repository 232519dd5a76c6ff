/*
 * nagios - the state of the dial-up hosts as one line and an exit code, as Nagios' plugins give them
 * (https://www.monitoring-plugins.org/doc/guidelines.html).
 *
 *	nagios_limit(&n.warning, "4h,100")			-1: malformed
 *	nagios_add(&n, "some.example.com", &status);	for each host
 *	code = nagios_print(&n, &out);
 *
 * Each host is judged by the age of its oldest message, and then by how many wait; where none waits, all is well. The line
 * is about the worst one.
 */
#ifndef DIALUP_NAGIOS_H
#define DIALUP_NAGIOS_H

#include "dialup/status.h"

enum nagios_state { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

/* What is above them is reported. */
struct nagios_limit {
	long long age; /* seconds the oldest message of a host has waited */
	long messages; /* that wait for a host; -1: any number may */
};

struct nagios {
	struct nagios_limit warning, critical;
	char unread[200]; /* why some host could not be looked at; "": all could */
	/* private */
	enum nagios_state state;
	struct status worst;
	char host[NAME_MAX + 1];
	size_t hosts, bad, waiting, most;
	long long bytes, oldest;
	struct past_counts total;
};

/* "AGE", "AGE,MESSAGES": AGE in seconds, or with s, m, h, d behind it. 0 or -1. */
int nagios_limit(struct nagios_limit *l, const char *text);

/* True if a, for a warning, has a limit that is above that of b: who passes it has passed b before. */
bool nagios_is_above(const struct nagios_limit *a, const struct nagios_limit *b);

void nagios_add(struct nagios *n, const char *host, const struct status *s);

/* The line; returns its state, the exit code. */
enum nagios_state nagios_print(const struct nagios *n, struct buf *out);

/* The same when nothing could be looked at. */
enum nagios_state nagios_unknown(const char *why, struct buf *out);

#endif
