/* status - what waits for a dial-up host, since when, and how the last attempt ended. */
#ifndef DIALUP_STATUS_H
#define DIALUP_STATUS_H

#include "dialup/attempt.h"
#include "dialup/hosts.h"
#include "lib/lock.h"

struct status {
	char dir[PATH_MAX];
	size_t waiting;       /* messages */
	long long bytes;      /* of all of them */
	time_t oldest;        /* seconds the oldest has waited; -1: nothing waits */
	size_t late;          /* messages that have waited longer than conf->warn */
	long long unsendable; /* messages that have no envelope, as the last attempt found them */
	size_t strange;       /* what lies in Maildir/new and is no message: FIFOs, directories, links */
	bool paused, on_demand;
	enum lock_state lock; /* of RELAYHOST: a transfer is under way */
	pid_t locked_by;      /* who transfers now, 0: nobody, or not known */
	struct attempt last;
	time_t next;          /* of the next attempt; 0: none is due */
};

/* Of the customer called name. 1: it is no customer (no RELAYHOST). 0 or -1. */
int status_look(struct ctx *ctx, const struct conf *conf, const char *name, time_t now, struct status *s);

/* The last attempt left mail behind, or could not be made. */
bool status_failed(const struct status *s);

/* Of the last attempt, each second: bytes, and thousandths of messages. 0: nothing was delivered. */
long long status_bytes_rate(const struct status *s);
long long status_messages_rate(const struct status *s);

#endif
