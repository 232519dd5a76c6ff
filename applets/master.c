/* qv-master - the master script: a flush for every customer directory with mail, spaced by the grace period. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "applet.h"
#include "flush/pool.h"
#include "lib/clock.h"
#include "lib/fs.h"
#include "lib/lock.h"
#include "lib/sched.h"
#include "lib/signals.h"
#include "lib/verb.h"
#include "qmail/lookout.h"

static const char synopsis[] = "qv-master [-e SECONDS] [-g SECONDS] [-c N] [--syslog]";

/* Mail often comes with more behind it, and whoever writes into new/ by hand needs a moment; milliseconds. */
enum { SETTLE = 40, HOUR = 3600 * 1000 };

/* So many customers are looked at before what happened meanwhile is heard: a disk may be slow. */
enum { SLICE = 200 };

struct master {
	struct ctx *ctx;
	struct conf conf;
	struct sched sched;
	struct sched_job *job; /* sched's, one for each customer */
	struct lookout lookout;
	struct pool pool;
	size_t at;             /* the customer that the pass under way has come to */
	int64_t again;         /* when even what is watched is looked at */
	bool stays;            /* -e */
	bool stopping;         /* TERM came */
	int lock, signals;
};

/* The marks may change at any time, so they are read when it matters. */
static bool may_start(struct master *m, size_t i)
{
	struct customer c;

	if (customers_look(m->ctx, &m->conf, &m->lookout.customers, i, &c) == 0)
		return c.mail && !c.paused && !c.on_demand;
	ctx_warn(m->ctx, "%s", m->ctx->err.text);
	return false;
}

static void start(struct master *m, size_t i)
{
	lookout_touched(&m->lookout, i);
	if (!may_start(m, i)) {
		sched_skipped(&m->sched, i);
		return;
	}
	sched_started(&m->sched, i, clock_ms());
	if (pool_start(&m->pool, customers_name(&m->lookout.customers, i)) == 0)
		return;
	ctx_warn(m->ctx, "%s", m->ctx->err.text);
	sched_ended(&m->sched, i, SCHED_FAILED, clock_ms());
}

static void reap(struct master *m)
{
	enum sched_end how;
	char *name;

	while ((name = pool_reap(&m->pool, &how)) != NULL) {
		sched_ended(&m->sched, customers_find(&m->lookout.customers, name), how, clock_ms());
		free(name);
	}
}

/* The customers as they are now; what is known of those that stay is carried over. */
static int list(struct master *m)
{
	size_t *was;
	struct sched_job *job;
	int r = lookout_list(&m->lookout, &was);

	if (r != 0)
		return r < 0 ? -1 : 0;
	job = calloc(m->lookout.customers.n + 1, sizeof *job);
	if (job != NULL) {
		sched_resize(&m->sched, job, m->lookout.customers.n, was);
		free(m->job);
		m->job = job;
	}
	free(was);
	for (size_t k = 0; k < m->pool.size; k++)
		if (m->pool.child[k].pid != 0)
			sched_runs(&m->sched, customers_find(&m->lookout.customers, m->pool.child[k].name), clock_ms());
	return 0;
}

static bool in_pass(const struct master *m)
{
	return m->at < m->lookout.customers.n;
}

static int begin_pass(struct master *m, int64_t now)
{
	sched_passed(&m->sched, now);
	if (list(m) < 0)
		return -1;
	if (now >= m->again) {
		m->again = now + HOUR;
		lookout_again(&m->lookout);
	}
	m->at = 0;
	return 0;
}

/* Who may have mail is wanted. A broken directory stops nobody else. */
static void go_on(struct master *m, int64_t now)
{
	size_t end = m->at + SLICE;

	for (; in_pass(m) && m->at < end; m->at++)
		switch (lookout_at(&m->lookout, m->at)) {
		case 1:
			sched_want(&m->sched, m->at, now);
			break;
		case -1:
			ctx_warn(m->ctx, "%s", m->ctx->err.text);
			break;
		}
}

static int show(struct master *m)
{
	int64_t now = 0;
	size_t i;

	if (begin_pass(m, now) < 0)
		return -1;
	while (in_pass(m))
		go_on(m, now);
	for (; sched_next(&m->sched, now, &i); sched_skipped(&m->sched, i)) {
		if (!may_start(m, i))
			continue;
		printf("after %lld.%03lld seconds: qv-flush %s/%s\n", (long long)(now / 1000), (long long)(now % 1000),
		       m->conf.serialmail, customers_name(&m->lookout.customers, i));
		now += m->sched.grace;
	}
	if (m->stays)
		printf("after %lld seconds, and so on: where mail waits or the last flush failed\n"
		       "at any time: where mail arrives\n",
		       (long long)(m->sched.interval / 1000));
	return 0;
}

static void take_signals(struct master *m)
{
	int sig;

	while ((sig = signals_read(m->signals)) > 0)
		switch (sig) {
		case SIGTERM:
		case SIGINT:
			m->stopping = true;
			pool_stop(&m->pool);
			break;
		case SIGHUP:
		case SIGALRM:
			m->again = clock_ms();
			sched_hurry(&m->sched, m->again);
			break;
		}
	reap(m);
}

static void take_news(struct master *m)
{
	enum lookout_news news;
	size_t i;

	while ((news = lookout_next(&m->lookout, &i)) != LOOKOUT_NOTHING)
		switch (news) {
		case LOOKOUT_MAIL:
			sched_arrived(&m->sched, i, clock_ms() + SETTLE);
			break;
		case LOOKOUT_LOST:
			m->again = clock_ms();
			/* fall through */
		case LOOKOUT_LIST:
			sched_pass_at(&m->sched, clock_ms() + SETTLE);
			break;
		case LOOKOUT_NOTHING:
			break;
		}
}

static bool is_finished(const struct master *m)
{
	if (m->stopping)
		return m->pool.running == 0;
	return !m->stays && !in_pass(m) && sched_done(&m->sched);
}

/* Sleep until something happens, or something is due. */
static void await(struct master *m)
{
	struct pollfd p[] = {
		{.fd = m->signals, .events = POLLIN},
		{.fd = m->stopping ? -1 : m->lookout.watch.fd, .events = POLLIN},
	};
	int64_t sleep = m->stopping ? -1 : in_pass(m) ? 0 : sched_sleep(&m->sched, clock_ms());

	if (poll(p, 2, sleep < INT32_MAX ? (int)sleep : INT32_MAX) <= 0)
		return;
	if (p[0].revents != 0)
		take_signals(m);
	if (p[1].revents != 0)
		take_news(m);
}

/* 0, or -1: this cannot go on. A master that stays may find it mended in the next pass. */
static int look(struct master *m)
{
	if (!in_pass(m) && sched_pass_due(&m->sched, clock_ms()) && begin_pass(m, clock_ms()) < 0) {
		if (!m->stays)
			return -1;
		ctx_warn(m->ctx, "%s", m->ctx->err.text);
	}
	go_on(m, clock_ms());
	return 0;
}

/* One turn: what is due starts. 1: there is nothing left to do. */
static int turn(struct master *m)
{
	size_t i;

	if (!m->stopping && look(m) < 0)
		return -1;
	while (!m->stopping && sched_next(&m->sched, clock_ms(), &i))
		start(m, i);
	if (is_finished(m))
		return 1;
	await(m);
	return 0;
}

static int run(struct master *m)
{
	int r;

	m->signals = signals_open((const int[]){SIGTERM, SIGINT, SIGHUP, SIGALRM, SIGCHLD, 0});
	if (m->signals < 0)
		return err_sys(&m->ctx->err, "unable to watch for signals");
	m->pool.close[0] = m->lock;
	m->pool.close[1] = m->signals;
	m->pool.close[2] = m->lookout.watch.fd;
	while ((r = turn(m)) == 0)
		;
	return r < 0 ? -1 : 0;
}

/* Two masters never run at once. For cron that is no error: the last pass is not over yet. */
static int lock_out_others(struct master *m)
{
	int r;

	m->lock = fs_dir(m->ctx, QMAIL_HOME "/control");
	if (m->lock < 0)
		return -1;
	r = lock_take(m->lock, 0);
	if (r < 0)
		return err_sys(&m->ctx->err, "unable to lock " QMAIL_HOME "/control");
	if (r == 1 && m->stays)
		return err_temp(&m->ctx->err, "another qv-master is running (pid %ld)", (long)lock_holder(m->lock));
	if (r == 1)
		ctx_note(m->ctx, "another qv-master is running (pid %ld): nothing to do", (long)lock_holder(m->lock));
	return r;
}

static int master(struct master *m)
{
	int r = lock_out_others(m);

	if (r != 0)
		return r < 0 ? -1 : 0;
	return pool_open(&m->pool, (size_t)m->conf.concurrency) < 0 ? -1 : run(m);
}

static void end(struct master *m)
{
	pool_close(&m->pool);
	lookout_close(&m->lookout);
	free(m->job);
	if (m->lock >= 0)
		close(m->lock);
	if (m->signals >= 0)
		close(m->signals);
}

static int master_main(struct ctx *ctx, int argc, char **argv)
{
	struct master m = {.ctx = ctx, .lock = -1, .signals = -1, .pool = {.ctx = ctx, .conf = &m.conf, .close = {-1, -1, -1, -1}}};
	long every = -1, grace = -1, concurrency = -1;
	int syslog = 0, r;
	const struct opt options[] = {
		{'e', "every", OPT_NUMBER, &every},
		{'g', "grace", OPT_NUMBER, &grace},
		{'c', "concurrency", OPT_NUMBER, &concurrency},
		{0, "syslog", OPT_FLAG, &syslog},
		{0},
	};

	if (common_options(ctx, synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, synopsis, "no arguments are expected");
	if (every == 0 || concurrency == 0)
		return err_usage(&ctx->err, synopsis, "-e and -c need at least 1");
	if (conf_load(ctx, &m.conf) < 0 || conf_popuser(ctx, &m.conf) < 0)
		return -1;
	ctx->syslog = syslog > 0;
	m.stays = every > 0;
	if (concurrency > 0)
		m.conf.concurrency = concurrency;
	if (m.conf.concurrency < 1)
		return err_perm(&ctx->err, "%s" QMAIL_CONTROL "qv-concurrency:1: at least 1 is needed", ctx->root);
	m.sched = (struct sched){
		.grace = (grace >= 0 ? grace : m.conf.grace) * 1000,
		.interval = every > 0 ? every * 1000 : 0,
		.concurrency = (size_t)m.conf.concurrency,
	};
	lookout_open(&m.lookout, ctx, &m.conf, m.stays && !ctx->dry_run);
	r = ctx->dry_run ? show(&m) : master(&m);
	end(&m);
	return r;
}

const struct applet master_applet = {
	.name = "qv-master",
	.dir = "usr/sbin",
	.synopsis = "[-e SECONDS] [-g SECONDS] [-c N] [--syslog]",
	.summary = "flush every dial-up host that has mail",
	.help =
		"Makes one pass over the directories below /home/serialmail, starts a flush for each\n"
		"in which mail waits, and exits when they are done: for cron. Paused hosts and those\n"
		"that are served on demand are left out. A directory without mail costs no process.\n"
		"\n"
		"  -e SECONDS   stay, and make a pass every so many seconds: for supervise, runit,\n"
		"               inittab or an init script\n"
		"  -g SECONDS   grace between two starts (control/qv-grace, 1)\n"
		"  -c N         at most N flushes at once (control/qv-concurrency, 20)\n"
		"  --syslog     lines go to syslog's mail facility\n"
		"  -n           print what would be started, and when\n"
		"\n"
		"Staying, it watches each Maildir/new (inotify): mail that arrives is sent at once,\n"
		"without grace, and a new host needs no signal. What arrives during a flush causes\n"
		"one more. A host that failed is tried again -e SECONDS after its last try. What the\n"
		"kernel or the file system will not tell is looked at in each pass, and that is said\n"
		"once. 10,000 hosts take under 1 MB, and about 10 MB of the kernel's for the watches.\n"
		"\n"
		"TERM: starts nothing more, lets running flushes finish their message, exits 0.\n"
		"HUP, ALRM: looks at all directories at once, and tries again what failed. Two\n"
		"masters never run at once: the second exits 0, or 111 with -e.\n"
		"\n"
		"Example:\n"
		"  */2 * * * * /usr/sbin/qv-master -q\n",
	.main = master_main,
};
