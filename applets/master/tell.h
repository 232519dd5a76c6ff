/*
 * tell - where several gateways share control/: this one's qmail-send is told when another one has changed virtualdomains.
 *
 * Commands on the other machine wait for what is said here (qmail/nodes.h) before they let mail for a new domain in. Where the
 * network was split, the smaller part finds here that it cannot write.
 */
#ifndef MASTER_TELL_H
#define MASTER_TELL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "qmail/conf.h"

enum { TELL_EVERY = 1000, TELL_FILES = 2 }; /* milliseconds between two looks */

struct tell {
	bool cut; /* what is shared cannot be written: nothing is to be sent, as it could not be removed behind that */

	/* private */
	struct stat seen[TELL_FILES];
	pid_t qmail_send; /* which has locked its queue; 0: none */
	long long sum;    /* of what it has read; 0: not known */
	long long wrote;  /* that, as others can read it */
	int64_t next, write; /* times of the next look, and when it is tried to write */
};

/*
 * Look if it is time, HUP qmail-send if something changed, and say on *marks (nodes.h) what it has read. What fails is warned of;
 * that this gateway is cut off is said once, and once when it is not any more. *marks is opened anew meanwhile.
 */
void tell_look(struct tell *t, struct ctx *ctx, const struct conf *conf, int *marks, int64_t now);

/* Something cannot be read: the next look is due, perhaps that is why. */
void tell_at_once(struct tell *t);

/* Milliseconds until the next look. */
int64_t tell_sleep(const struct tell *t, int64_t now);

#endif
