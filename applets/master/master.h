/*
 * master - keeps dial-up hosts' mail moving: arrivals says who has mail, sched when a flush may start, pool runs it.
 *
 *	master_open(&k, ctx, conf, &(struct sched){.grace = ..., .interval = ..., .concurrency = ...});
 *	r = master_run(&k, lock);	or master_show(&k)
 *	master_close(&k);
 *
 * Without an interval it makes one pass and ends when its flushes have; with one it stays until SIGTERM.
 */
#ifndef MASTER_MASTER_H
#define MASTER_MASTER_H

#include "dialup/wake.h"
#include "lib/sched.h"
#include "master/arrivals.h"
#include "master/calls.h"
#include "master/pool.h"
#include "master/tell.h"
#include "master/turns.h"

struct master {
	/* private */
	struct ctx *ctx;
	const struct conf *conf;
	struct sched sched;
	struct sched_job *job; /* sched's, one for each customer */
	struct arrivals arrivals;
	struct pool pool;
	struct wake wake;      /* who calls */
	struct calls calls;    /* who has called and was not started since */
	size_t at;             /* the customer that the pass under way has come to */
	int64_t again;         /* when even what is watched is looked at */
	size_t unread;         /* directories that could not be looked at; each was warned of */
	bool stays;
	bool stopping;         /* TERM came */
	bool deaf;             /* calls cannot be heard here */
	int signals;
	int marks;             /* what says what this master does: nodes_marks() */
	struct turns turns;    /* of the pass */
	struct tell tell;      /* where other gateways share the files */
	struct lockfile *lock; /* until a single pass has started all it will */
};

/* Marks beside the masters' lock (nodes_master_lock(), lock_mark()). */
enum { MASTER_STAYS, MASTER_PASSES };

/* A master, as another process sees it. */
struct master_seen {
	bool stays;      /* one that stays is running */
	pid_t pid;       /* of it; 0: not known */
	long long beat;  /* when it last began to wait, seconds since the epoch, at least once in an interval; 0: not known */
};

/* 0; -1: it cannot be seen. */
int master_look(struct ctx *ctx, struct master_seen *seen);

void master_open(struct master *k, struct ctx *ctx, const struct conf *conf, const struct sched *sched);
void master_close(struct master *k);

/*
 * lock: the masters' own, which flushes do not inherit. A single pass lets go of it when all its flushes are started: the next
 * pass need not wait for a slow customer, whose own lock keeps two flushes apart. 0; -1; or EXIT_TEMP when
 * a single pass could not look at some directory.
 */
int master_run(struct master *k, struct lockfile *lock);

/* Print on stdout what would be started, and when. 0 or -1. */
int master_show(struct master *k);

#endif
