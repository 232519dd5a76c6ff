/* master - keeps dial-up hosts' mail moving: who has mail, and when may his flush start? */
#include "master/master.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/lock.h"
#include "lib/netfs.h"
#include "lib/signals.h"
#include "qmail/nodes.h"

/*
 * One message is often followed by others, and writing into new/ by hand takes a moment: SETTLE milliseconds. What is whole, and
 * the first for CALM, need not wait.
 */
enum { SETTLE = 40, CALM = 1000, HOUR = 3600 * 1000 };

/* So many customers are looked at before what happened meanwhile is heard: a disk may be slow. */
enum { SLICE = 200 };

void master_open(struct master *k, struct ctx *ctx, const struct conf *conf, const struct sched *sched)
{
	*k = (struct master){.ctx = ctx, .conf = conf, .sched = *sched, .stays = sched->interval > 0, .signals = -1};
	k->pool = (struct pool){.ctx = ctx, .conf = conf, .close = {-1, -1, -1, -1}};
	k->wake.fd = -1;
	k->calls = CALLS;
	arrivals_open(&k->arrivals, ctx, conf, k->stays && !ctx->dry_run);
}

void master_close(struct master *k)
{
	pool_close(&k->pool);
	arrivals_close(&k->arrivals);
	wake_close(&k->wake);
	calls_free(&k->calls);
	free(k->job);
	if (k->signals >= 0)
		close(k->signals);
	if (k->lock != NULL && k->marks >= 0 && k->marks != k->lock->fd)
		close(k->marks);
}

static bool is_shared(const struct master *k)
{
	return k->lock != NULL && k->lock->shared;
}

static bool tells(const struct master *k)
{
	return k->stays && !k->stopping && is_shared(k);
}

/* The locks of a machine that was cut off are let go of by the others, and it may have been mounted anew. */
static void lock_anew(struct master *k)
{
	char path[NODES_PATH];
	int r;

	lockfile_drop(k->lock);
	r = lockfile_take(k->ctx, k->lock, nodes_master_lock(k->ctx, path), LOCK_UNMARKED, 0);
	k->pool.close[0] = k->lock->fd;
	if (r != 0)
		ctx_warn(k->ctx, "%s", r < 0 ? k->ctx->err.text : "another qv-master was started here meanwhile: stop one of them");
}

static void look_at_others(struct master *k)
{
	bool was = k->tell.cut;

	tell_look(&k->tell, k->ctx, k->conf, &k->marks, clock_ms());
	if (k->tell.cut && !was)
		pool_stop(&k->pool);
	if (was && !k->tell.cut)
		lock_anew(k);
}

/* ctx->err is of one directory; where none can be read that was said once, of all. */
static void complain(struct master *k)
{
	struct err kept = k->ctx->err;

	if (tells(k)) {
		tell_at_once(&k->tell);
		look_at_others(k);
	}
	if (!k->tell.cut)
		ctx_warn(k->ctx, "%s", kept.text);
}

enum what { NOTHING, SEND, EXPIRE };

static bool is_aged(const struct host *c)
{
	time_t now = time(NULL);

	return c->aged > now || now - c->aged >= HOUR / 1000;
}

/* The marks may change at any time, so they are read when it matters. */
static enum what what_now(struct master *k, size_t i)
{
	struct host c;

	if (hosts_look(k->ctx, k->conf, &k->arrivals.hosts, i, &c) < 0) {
		complain(k);
		return NOTHING;
	}
	if (!c.mail || c.paused)
		return NOTHING;
	if (!c.on_demand || calls_has(&k->calls, hosts_name(&k->arrivals.hosts, i)))
		return SEND;
	return is_aged(&c) ? EXPIRE : NOTHING;
}

static void start(struct master *k, size_t i)
{
	const char *name = hosts_name(&k->arrivals.hosts, i);
	enum what what;

	arrivals_touched(&k->arrivals, i);
	what = what_now(k, i);
	calls_forget(&k->calls, name);
	if (what == NOTHING) {
		sched_skipped(&k->sched, i);
		return;
	}
	sched_started(&k->sched, i, clock_ms());
	if (pool_start(&k->pool, name, what == EXPIRE) == 0)
		return;
	ctx_warn(k->ctx, "%s", k->ctx->err.text);
	sched_ended(&k->sched, i, SCHED_FAILED, clock_ms());
}

static void reap(struct master *k)
{
	enum sched_end how;
	char *name;

	while ((name = pool_reap(&k->pool, &how)) != NULL) {
		sched_ended(&k->sched, hosts_find(&k->arrivals.hosts, name), how, clock_ms());
		free(name);
	}
}

/* The customers as they are now; what is known of those that stay is carried over. */
static int list(struct master *k)
{
	size_t *was;
	void *job;
	int r = arrivals_list(&k->arrivals, &was, &job, sizeof *k->job);

	if (r != 0)
		return r < 0 ? -1 : 0;
	sched_resize(&k->sched, job, k->arrivals.hosts.n, was);
	free(was);
	free(k->job);
	k->job = job;
	for (size_t i = 0; i < k->pool.size; i++)
		if (k->pool.child[i].pid != 0)
			sched_runs(&k->sched, hosts_find(&k->arrivals.hosts, k->pool.child[i].name), clock_ms());
	return 0;
}

static bool in_pass(const struct master *k)
{
	return k->at < k->arrivals.hosts.n;
}

/* Nobody calls while there is no host; a file system without FIFOs is told of once. */
static void listen_for_calls(struct master *k)
{
	if (!k->stays || k->wake.fd >= 0 || k->deaf)
		return;
	if (wake_open(k->ctx, k->conf, &k->wake) < 0 && errno != ENOENT) {
		ctx_warn(k->ctx, "%s; calls for mail start flushes of their own", k->ctx->err.text);
		k->deaf = true;
	}
	k->pool.close[3] = k->wake.fd;
}

static int begin_pass(struct master *k, int64_t now)
{
	char name[NETFS_NAME] = "";

	if (k->signals >= 0)
		listen_for_calls(k);
	sched_passed(&k->sched, now);
	if (list(k) < 0)
		return -1;
	if (now >= k->again) {
		k->again = now + HOUR;
		arrivals_again(&k->arrivals);
	}
	if (is_shared(k))
		netfs_name(name);
	turns_begin(&k->turns, k->arrivals.hosts.n, name);
	k->at = 0;
	return 0;
}

/* The hosts that may have mail. A broken directory does not stop the others. */
static void go_on(struct master *k, int64_t now)
{
	size_t end = k->at + SLICE;

	for (; !k->tell.cut && in_pass(k) && k->at < end; k->at++) {
		size_t i = turns_at(&k->turns, k->at);

		switch (arrivals_at(&k->arrivals, i)) {
		case 2:
			sched_missed(&k->sched, i);
			/* fall through */
		case 1:
			sched_want(&k->sched, i, now - turns_left(&k->turns, k->at));
			break;
		case -1:
			complain(k);
			k->unread++;
			break;
		}
	}
}

static int ended(const struct master *k)
{
	return k->unread > 0 && !k->stays ? EXIT_TEMP : 0;
}

int master_show(struct master *k)
{
	int64_t now = 0;
	size_t i;

	if (begin_pass(k, now) < 0)
		return -1;
	while (in_pass(k))
		go_on(k, now);
	for (; sched_next(&k->sched, now, &i); sched_skipped(&k->sched, i)) {
		if (what_now(k, i) != SEND)
			continue;
		printf("after %lld.%03lld seconds: qv-flush %s/%s\n", (long long)(now / 1000), (long long)(now % 1000),
		       k->conf->serialmail, hosts_name(&k->arrivals.hosts, i));
		now += k->sched.grace;
	}
	if (k->stays)
		printf("after %lld seconds, and so on: where mail waits or the last flush failed\n"
		       "at any time: where mail arrives\n",
		       (long long)(k->sched.interval / 1000));
	return ended(k);
}

static void take_signals(struct master *k)
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

static void arrived(struct master *k, size_t i, bool whole, int64_t now)
{
	bool calm = now - k->job[i].started >= CALM;

	sched_arrived(&k->sched, i, whole && calm ? now : now + SETTLE);
}

static void take_news(struct master *k)
{
	enum arrivals_news news;
	size_t i;

	while ((news = arrivals_next(&k->arrivals, &i)) != ARRIVALS_NOTHING)
		switch (news) {
		case ARRIVALS_MAIL:
		case ARRIVALS_WHOLE:
			arrived(k, i, news == ARRIVALS_WHOLE, clock_ms());
			break;
		case ARRIVALS_LOST:
			k->again = clock_ms();
			/* fall through */
		case ARRIVALS_LIST:
			sched_pass_at(&k->sched, clock_ms() + SETTLE);
			break;
		case ARRIVALS_NOTHING:
			break;
		}
}

static void take_calls(struct master *k)
{
	const char *name;
	size_t i;

	while ((name = wake_next(&k->wake)) != NULL) {
		i = hosts_find(&k->arrivals.hosts, name);
		if (i == k->arrivals.hosts.n)
			continue;
		calls_add(&k->calls, name);
		arrivals_touched(&k->arrivals, i);
		sched_called(&k->sched, i, clock_ms());
	}
}

static bool is_finished(const struct master *k)
{
	if (k->stopping)
		return k->pool.running == 0;
	return !k->stays && !in_pass(k) && sched_done(&k->sched);
}

/* Sleep until something happens, or something is due. */
static void await(struct master *k)
{
	struct pollfd p[] = {
		{.fd = k->signals, .events = POLLIN},
		{.fd = k->stopping ? -1 : k->arrivals.watch.fd, .events = POLLIN},
		{.fd = k->stopping ? -1 : k->wake.fd, .events = POLLIN},
	};
	int64_t sleep = k->stopping || k->tell.cut ? -1 : in_pass(k) ? 0 : sched_sleep(&k->sched, clock_ms());
	int64_t most = tells(k) ? tell_sleep(&k->tell, clock_ms()) : sleep;

	if (most >= 0 && (sleep < 0 || most < sleep))
		sleep = most;
	int r = poll(p, 3, sleep < INT32_MAX ? (int)sleep : INT32_MAX);
	bool blind = r < 0 && errno != EINTR;

	if (blind)
		clock_pause();
	else if (r <= 0)
		return;
	if (blind || p[0].revents != 0)
		take_signals(k);
	if (blind || p[1].revents != 0)
		take_news(k);
	if (blind || p[2].revents != 0)
		take_calls(k);
}

/* 0, or -1: this cannot go on. A master that stays may find it mended in the next pass. */
static int look(struct master *k)
{
	if (!in_pass(k) && sched_pass_due(&k->sched, clock_ms()) && begin_pass(k, clock_ms()) < 0) {
		if (!k->stays)
			return -1;
		complain(k);
	}
	go_on(k, clock_ms());
	return 0;
}

/* One turn: what is due starts. 1: there is nothing left to do. */
static int turn(struct master *k)
{
	size_t i;

	if (!k->stopping && !k->tell.cut && look(k) < 0)
		return -1;
	while (!k->stopping && !k->tell.cut && sched_next(&k->sched, clock_ms(), &i))
		start(k, i);
	if (is_finished(k))
		return 1;
	if (!k->stays && !in_pass(k) && sched_all_started(&k->sched))
		lockfile_let_go(k->lock);
	lock_mark(k->marks, k->stays ? MASTER_STAYS : MASTER_PASSES); /* anew: control files were read and closed */
	lock_say(k->marks, LOCK_TIME, time(NULL));
	if (tells(k))
		look_at_others(k);
	await(k);
	return 0;
}

int master_run(struct master *k, struct lockfile *lock)
{
	int r;

	if (pool_open(&k->pool, k->sched.concurrency) < 0)
		return -1;
	k->signals = signals_open((const int[]){SIGTERM, SIGINT, SIGHUP, SIGALRM, SIGCHLD, 0});
	if (k->signals < 0)
		return err_sys(&k->ctx->err, "unable to watch for signals");
	k->lock = lock;
	k->pool.close[0] = lock->fd;
	k->pool.close[1] = k->signals;
	k->pool.close[2] = k->arrivals.watch.fd;
	k->marks = nodes_marks(k->ctx, lock, true);
	lock_mark(k->marks, k->stays ? MASTER_STAYS : MASTER_PASSES);
	while ((r = turn(k)) == 0)
		;
	if (r < 0)
		return -1;
	return ended(k);
}
