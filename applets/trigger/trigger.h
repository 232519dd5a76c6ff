/*
 * trigger - a customer calls for the mail of his dial-up hosts: one connection on stdin and stdout.
 *
 * Root's only to read users/qv-trigger; from then on this process is popusr, who owns the mail. What a caller may have is decided
 * by his login or by his address (dialup/caller.h), and nothing else that he says.
 */
#ifndef TRIGGER_TRIGGER_H
#define TRIGGER_TRIGGER_H

#include "qmail/conf.h"

enum trigger_way {
	TRIGGER_ETRN,     /* RFC 1985 */
	TRIGGER_ODMR,     /* RFC 2645 */
	TRIGGER_AUTOTURN, /* serialmail's AUTOTURN: behind qmail-smtpd, to the peer's address */
	TRIGGER_HELLO,    /* whoever may, connects; nothing is said */
};

struct trigger_options {
	enum trigger_way way;
	bool is_protected; /* nobody can listen: AUTH PLAIN and LOGIN are offered, lines are written one by one (TLS) */

	/* The directory of a dial-up host by a name of its domain: 0, or -1. */
	int (*find)(struct ctx *ctx, const struct conf *conf, const char *host, char *home, size_t size);
};

/* conf has popusr's ids. 0, also for a caller who was refused; -1 */
int trigger_run(struct ctx *ctx, const struct conf *conf, const struct trigger_options *o);

#endif
