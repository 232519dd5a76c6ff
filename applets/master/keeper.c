/* keeper - keeps dial-up hosts' mail moving: who has mail, and when may his flush start? */
#include "master/keeper.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/lock.h"
#include "lib/signals.h"

/* Mail often comes with more behind it, and whoever writes into new/ by hand needs a moment; milliseconds. */
enum { SETTLE = 40, HOUR = 3600 * 1000 };

/* So many customers are looked at before what happened meanwhile is heard: a disk may be slow. */
enum { SLICE = 200 };

void keeper_open(struct keeper *k, struct ctx *ctx, const struct conf *conf, const struct sched *sched)
{
	*k = (struct keeper){.ctx = ctx, .conf = conf, .sched = *sched, .stays = sched->interval > 0, .signals = -1};
	k->pool = (struct pool){.ctx = ctx, .conf = conf, .close = {-1, -1, -1, -1}};
	lookout_open(&k->lookout, ctx, conf, k->stays && !ctx->dry_run);
}

void keeper_close(struct keeper *k)
{
	pool_close(&k->pool);
	lookout_close(&k->lookout);
	free(k->job);
	if (k->signals >= 0)
		close(k->signals);
}

/* The marks may change at any time, so they are read when it matters. */
static bool may_start(struct keeper *k, size_t i)
{
	struct customer c;

	if (customers_look(k->ctx, k->conf, &k->lookout.customers, i, &c) == 0)
		return c.mail && !c.paused && !c.on_demand;
	ctx_warn(k->ctx, "%s", k->ctx->err.text);
	return false;
}

static void start(struct keeper *k, size_t i)
{
	lookout_touched(&k->lookout, i);
	if (!may_start(k, i)) {
		sched_skipped(&k->sched, i);
		return;
	}
	sched_started(&k->sched, i, clock_ms());
	if (pool_start(&k->pool, customers_name(&k->lookout.customers, i)) == 0)
		return;
	ctx_warn(k->ctx, "%s", k->ctx->err.text);
	sched_ended(&k->sched, i, SCHED_FAILED, clock_ms());
}

static void reap(struct keeper *k)
{
	enum sched_end how;
	char *name;

	while ((name = pool_reap(&k->pool, &how)) != NULL) {
		sched_ended(&k->sched, customers_find(&k->lookout.customers, name), how, clock_ms());
		free(name);
	}
}

/* The customers as they are now; what is known of those that stay is carried over. */
static int list(struct keeper *k)
{
	size_t *was;
	void *job;
	int r = lookout_list(&k->lookout, &was, &job, sizeof *k->job);

	if (r != 0)
		return r < 0 ? -1 : 0;
	sched_resize(&k->sched, job, k->lookout.customers.n, was);
	free(was);
	free(k->job);
	k->job = job;
	for (size_t i = 0; i < k->pool.size; i++)
		if (k->pool.child[i].pid != 0)
			sched_runs(&k->sched, customers_find(&k->lookout.customers, k->pool.child[i].name), clock_ms());
	return 0;
}

static bool in_pass(const struct keeper *k)
{
	return k->at < k->lookout.customers.n;
}

static int begin_pass(struct keeper *k, int64_t now)
{
	sched_passed(&k->sched, now);
	if (list(k) < 0)
		return -1;
	if (now >= k->again) {
		k->again = now + HOUR;
		lookout_again(&k->lookout);
	}
	k->at = 0;
	return 0;
}

/* Who may have mail is wanted. A broken directory stops nobody else. */
static void go_on(struct keeper *k, int64_t now)
{
	size_t end = k->at + SLICE;

	for (; in_pass(k) && k->at < end; k->at++)
		switch (lookout_at(&k->lookout, k->at)) {
		case 1:
			sched_want(&k->sched, k->at, now);
			break;
		case -1:
			ctx_warn(k->ctx, "%s", k->ctx->err.text);
			break;
		}
}

int keeper_show(struct keeper *k)
{
	int64_t now = 0;
	size_t i;

	if (begin_pass(k, now) < 0)
		return -1;
	while (in_pass(k))
		go_on(k, now);
	for (; sched_next(&k->sched, now, &i); sched_skipped(&k->sched, i)) {
		if (!may_start(k, i))
			continue;
		printf("after %lld.%03lld seconds: qv-flush %s/%s\n", (long long)(now / 1000), (long long)(now % 1000),
		       k->conf->serialmail, customers_name(&k->lookout.customers, i));
		now += k->sched.grace;
	}
	if (k->stays)
		printf("after %lld seconds, and so on: where mail waits or the last flush failed\n"
		       "at any time: where mail arrives\n",
		       (long long)(k->sched.interval / 1000));
	return 0;
}

static void take_signals(struct keeper *k)
{
	int sig;

	while ((sig = signals_read(k->signals)) > 0)
		switch (sig) {
		case SIGTERM:
		case SIGINT:
			k->stopping = true;
			pool_stop(&k->pool);
			break;
		case SIGHUP:
		case SIGALRM:
			k->again = clock_ms();
			sched_hurry(&k->sched, k->again);
			break;
		}
	reap(k);
}

static void take_news(struct keeper *k)
{
	enum lookout_news news;
	size_t i;

	while ((news = lookout_next(&k->lookout, &i)) != LOOKOUT_NOTHING)
		switch (news) {
		case LOOKOUT_MAIL:
			sched_arrived(&k->sched, i, clock_ms() + SETTLE);
			break;
		case LOOKOUT_LOST:
			k->again = clock_ms();
			/* fall through */
		case LOOKOUT_LIST:
			sched_pass_at(&k->sched, clock_ms() + SETTLE);
			break;
		case LOOKOUT_NOTHING:
			break;
		}
}

static bool is_finished(const struct keeper *k)
{
	if (k->stopping)
		return k->pool.running == 0;
	return !k->stays && !in_pass(k) && sched_done(&k->sched);
}

/* Sleep until something happens, or something is due. */
static void await(struct keeper *k)
{
	struct pollfd p[] = {
		{.fd = k->signals, .events = POLLIN},
		{.fd = k->stopping ? -1 : k->lookout.watch.fd, .events = POLLIN},
	};
	int64_t sleep = k->stopping ? -1 : in_pass(k) ? 0 : sched_sleep(&k->sched, clock_ms());

	if (poll(p, 2, sleep < INT32_MAX ? (int)sleep : INT32_MAX) <= 0)
		return;
	if (p[0].revents != 0)
		take_signals(k);
	if (p[1].revents != 0)
		take_news(k);
}

/* 0, or -1: this cannot go on. A master that stays may find it mended in the next pass. */
static int look(struct keeper *k)
{
	if (!in_pass(k) && sched_pass_due(&k->sched, clock_ms()) && begin_pass(k, clock_ms()) < 0) {
		if (!k->stays)
			return -1;
		ctx_warn(k->ctx, "%s", k->ctx->err.text);
	}
	go_on(k, clock_ms());
	return 0;
}

/* One turn: what is due starts. 1: there is nothing left to do. */
static int turn(struct keeper *k)
{
	size_t i;

	if (!k->stopping && look(k) < 0)
		return -1;
	while (!k->stopping && sched_next(&k->sched, clock_ms(), &i))
		start(k, i);
	if (is_finished(k))
		return 1;
	if (!k->stays && !in_pass(k) && sched_all_started(&k->sched))
		lock_drop(k->lock);
	await(k);
	return 0;
}

int keeper_run(struct keeper *k, int lock)
{
	int r;

	if (pool_open(&k->pool, k->sched.concurrency) < 0)
		return -1;
	k->signals = signals_open((const int[]){SIGTERM, SIGINT, SIGHUP, SIGALRM, SIGCHLD, 0});
	if (k->signals < 0)
		return err_sys(&k->ctx->err, "unable to watch for signals");
	k->pool.close[0] = k->lock = lock;
	k->pool.close[1] = k->signals;
	k->pool.close[2] = k->lookout.watch.fd;
	while ((r = turn(k)) == 0)
		;
	return r < 0 ? -1 : 0;
}
