/*
 * nodes - the gateways that share control/ and users/ on a network file system: which there are, and what each has read.
 *
 * Each has a master that stays, with a lock of its own, users/qv-master.NAME, and marks (lock_mark()) on another file,
 * users/qv-node.NAME: such file systems make flock(2) from the locks that marks are made of. That file stays when the
 * master ends, and makes the machine one of them until it is removed by hand. By a mark a master says which
 * virtualdomains and locals its qmail-send has read: it goes with the master, and no machine sees an old one.
 * Where users/ is on a local file system there are no others; lock and marks are on users/qv-master.
 */
#ifndef QMAIL_NODES_H
#define QMAIL_NODES_H

#include <stdbool.h>

#include "qmail/conf.h"

#define NODES_LOCK QMAIL_HOME "/users/qv-master"
#define NODES_VERSION "qvmail " QVMAIL_VERSION

enum { NODES_PATH = 256 };

/* The path of the lock of this machine's masters: to, which is returned. */
const char *nodes_master_lock(struct ctx *ctx, char to[NODES_PATH]);

/*
 * What the marks of this machine's master are on, made if need be: lock itself, or a descriptor of its own if that is
 * shared. -1 with errno.
 */
int nodes_marks(struct ctx *ctx, const struct lockfile *lock, bool make);

/*
 * Write there what others want to know, sum: of what qmail-send has read, 0: not known. 0, or -1 with errno. And: open them anew,
 * where that could not be done.
 */
int nodes_write(const struct conf *conf, int marks, long long sum);
void nodes_marks_again(struct ctx *ctx, int *marks);

/* One of them, as its master says; each number is 0 where no master runs. */
struct node {
	const char *name, *file; /* gw1, /var/qmail/users/qv-node.gw1 */
	bool is_here;            /* this machine */
	long long read;          /* the sum of what its qmail-send has read */
	long long beat;          /* when its master last began to wait, by its clock; each second */
	long long wrote, stamp;  /* read, as last written; which changes whenever it is */
	char version[32];        /* NODES_VERSION of its qvmail; "": not known */
	char me[256];            /* its control/me; "": not known */
};

typedef int node_seen(struct ctx *ctx, void *arg, const struct node *n);

/* Call seen for each machine, this one too, until it does not return 0. What it returned, or -1. Without shared files: 0. */
int nodes_each(struct ctx *ctx, node_seen *seen, void *arg);

/* Are there others? 0 or -1. */
int nodes_any(struct ctx *ctx, bool *any);

/* A number for virtualdomains and locals as they are now, for LOCK_SUM. 0 or -1. */
int nodes_sum(struct ctx *ctx, long long *sum);

/*
 * Wait until the qmail-send of each other machine has read virtualdomains and locals as they are, and all see what this
 * one has changed. 0, or -1, temporary: one has not, and which.
 */
int nodes_wait(struct ctx *ctx);

#endif
