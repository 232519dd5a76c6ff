/*
 * tell - where several gateways share control/: this one's qmail-send is told when another one has changed virtualdomains.
 *
 * Commands on the other machine wait for what is said here (qmail/nodes.h) before they let mail for a new domain in.
 */
#ifndef MASTER_TELL_H
#define MASTER_TELL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "qmail/conf.h"

enum { TELL_EVERY = 1000, TELL_FILES = 2 }; /* milliseconds between two looks */

struct tell {
	/* private */
	struct stat seen[TELL_FILES];
	long long sum; /* of what qmail-send has read; 0: not known */
	int64_t next;  /* time of the next look */
};

/* Look if it is time, HUP qmail-send if something changed, and say on lock what it has read. What fails is warned of. */
void tell_look(struct tell *t, struct ctx *ctx, const struct conf *conf, int lock, int64_t now);

/* Milliseconds until the next look. */
int64_t tell_sleep(const struct tell *t, int64_t now);

#endif
