/*
 * keeper - keeps dial-up hosts' mail moving: lookout says who has mail, sched when a flush may start, pool runs it.
 *
 *	keeper_open(&k, ctx, conf, &(struct sched){.grace = ..., .interval = ..., .concurrency = ...});
 *	r = keeper_run(&k, lock);	or keeper_show(&k)
 *	keeper_close(&k);
 *
 * Without an interval it makes one pass and ends when its flushes have; with one it stays until SIGTERM.
 */
#ifndef MASTER_KEEPER_H
#define MASTER_KEEPER_H

#include "lib/sched.h"
#include "master/arrivals.h"
#include "master/pool.h"

struct keeper {
	/* private */
	struct ctx *ctx;
	const struct conf *conf;
	struct sched sched;
	struct sched_job *job; /* sched's, one for each customer */
	struct lookout lookout;
	struct pool pool;
	size_t at;             /* the customer that the pass under way has come to */
	int64_t again;         /* when even what is watched is looked at */
	bool stays;
	bool stopping;         /* TERM came */
	int signals;
	int lock;              /* until a single pass has started all it will */
};

void keeper_open(struct keeper *k, struct ctx *ctx, const struct conf *conf, const struct sched *sched);
void keeper_close(struct keeper *k);

/*
 * lock: the masters' own, which flushes do not inherit. A single pass lets go of it when all its flushes are started: the next
 * pass need not wait for a slow customer, whose own lock keeps two flushes apart. 0 or -1.
 */
int keeper_run(struct keeper *k, int lock);

/* Print on stdout what would be started, and when. 0 or -1. */
int keeper_show(struct keeper *k);

#endif
