/* pool - flushes under way in children of the running image: no exec, shared pages, a crash of its own. */
#ifndef MASTER_POOL_H
#define MASTER_POOL_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/sched.h"
#include "qmail/conf.h"

struct pool_child {
	pid_t pid;  /* 0: this place is free */
	char *name; /* of the customer */
};

struct pool {
	struct ctx *ctx;
	const struct conf *conf;
	struct pool_child *child;
	size_t size, running;
	int close[4]; /* the parent's own descriptors: children close them; -1 for none */
};

/* 0, or -1 without memory. */
int pool_open(struct pool *p, size_t size);
void pool_close(struct pool *p);

/*
 * A flush of the customer called name, as qv-flush without options does it; expire: nothing is sent, only what is past its lifetime
 * bounces. 0, or -1: not started.
 */
int pool_start(struct pool *p, const char *name, bool expire);

/*
 * One that has ended: its customer's name, to be freed, and how; NULL when none has. Never waits. Where the host was there,
 * but not all mail could go, that is SCHED_PARTLY: there is no reason to hold back what arrives for it next.
 */
char *pool_reap(struct pool *p, enum sched_end *how);

/* Each finishes the message under way. */
void pool_stop(struct pool *p);

#endif
