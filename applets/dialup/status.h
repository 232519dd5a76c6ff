/* status - the waiting mail of a dial-up host, and how the last attempt ended. */
#ifndef DIALUP_STATUS_H
#define DIALUP_STATUS_H

#include "dialup/attempt.h"
#include "dialup/call.h"
#include "dialup/hosts.h"
#include "lib/lock.h"

struct status {
	char dir[PATH_MAX];
	size_t waiting;       /* messages */
	long long bytes;      /* of all of them */
	time_t oldest;        /* seconds the oldest has waited; -1: nothing waits */
	size_t late;          /* messages that have waited longer than conf->warn */
	long long unsendable; /* messages that have no envelope, as the last attempt found them */
	size_t strange;       /* entries of Maildir/new that are not messages: FIFOs, directories, links */
	bool paused, on_demand;
	enum lock_state lock; /* of RELAYHOST: a transfer is under way */
	pid_t locked_by;      /* pid of the transfer, 0: none or unknown */
	char locked_on[100];  /* on a network file system: "pid 1234 on gw1"; "": unknown */
	struct attempt last;
	struct call called;   /* the last call for its mail */
	time_t next;          /* time of the next attempt; 0: none is due */
};

/* The status of customer name. 1: not a customer (no RELAYHOST). 0 or -1. */
int status_look(struct ctx *ctx, const struct conf *conf, const char *name, time_t now, struct status *s);

enum status_level {
	STATUS_FINE,    /* no mail waits, or it has not been tried in vain */
	STATUS_RETRIED, /* it waits for the next attempt */
	STATUS_STUCK,   /* it is late, or the server takes none as it is sent */
	STATUS_LEVELS,
};

enum status_level status_level(const struct status *s);

/* Rates of the last attempt, per second: bytes, and thousandths of messages. 0: nothing was delivered. */
long long status_bytes_rate(const struct status *s);
long long status_messages_rate(const struct status *s);

#endif
