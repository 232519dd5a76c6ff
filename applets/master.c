/* qv-master - the master script: a flush for every dial-up host with mail, spaced by the grace period. */
#include <stdio.h>

#include "applet.h"
#include "lib/lock.h"
#include "lib/packed.h"
#include "lib/verb.h"
#include "master/master.h"
#include "qmail/nodes.h"

static const char synopsis[] = "qv-master [-e SECONDS] [-g SECONDS] [-c N] [--syslog] [--running]";

enum { EXIT_NONE = 1 };

/*
 * Only one master runs at a time. Under cron a second one is not an error: the last pass has not ended. A pass is never seen
 * without its mark, as a master that stays would be; that one gets its own when it has the lock.
 */
static int lock_out_others(struct ctx *ctx, struct lockfile *lock, const char *path, bool stays)
{
	int r = lockfile_take(ctx, lock, path, stays ? LOCK_UNMARKED : MASTER_PASSES, 0);
	struct master_seen seen;
	char who[40];

	if (r == 1 && stays && master_look(ctx, &seen) == 0 && !seen.stays) { /* cron's, and soon over */
		lockfile_drop(lock);
		r = lockfile_take(ctx, lock, path, LOCK_UNMARKED, ctx->wait);
	}
	if (r == 1 && stays)
		return err_temp(&ctx->err, "another qv-master is running (%s)", lock_named(lock->fd, who, sizeof who));
	if (r == 1)
		ctx_info(ctx, "another qv-master is running (%s): nothing to do", lock_named(lock->fd, who, sizeof who));
	return r;
}

/* For init scripts: what is true however the master was started. */
static int find_master(struct ctx *ctx)
{
	struct master_seen seen;

	if (master_look(ctx, &seen) < 0)
		return -1;
	if (seen.stays && seen.pid > 0)
		printf("%ld\n", (long)seen.pid);
	return seen.stays ? 0 : EXIT_NONE;
}

static int run(struct ctx *ctx, const struct conf *conf, const struct sched *sched)
{
	char path[NODES_PATH];
	struct lockfile lock;
	int r = lock_out_others(ctx, &lock, nodes_master_lock(ctx, path), sched->interval > 0);
	struct master k;

	if (r == 0) { /* 1: another one is at work */
		master_open(&k, ctx, conf, sched);
		r = master_run(&k, &lock);
		master_close(&k);
	}
	lockfile_drop(&lock);
	return r == 1 ? 0 : r;
}

static int show(struct ctx *ctx, const struct conf *conf, const struct sched *sched)
{
	struct master k;
	int r;

	master_open(&k, ctx, conf, sched);
	r = master_show(&k);
	master_close(&k);
	return r;
}

static int master_main(struct ctx *ctx, int argc, char **argv)
{
	long every = -1, grace = -1, concurrency = -1;
	int syslog = 0, running = 0;
	struct sched sched;
	struct conf conf;
	const struct opt options[] = {
		{'e', "every", OPT_COUNT, &every},
		{'g', "grace", OPT_SECONDS, &grace},
		{'c', "concurrency", OPT_COUNT, &concurrency},
		{0, "syslog", OPT_FLAG, &syslog},
		{0, "running", OPT_FLAG, &running},
		{0},
	};

	if (common_options(ctx, synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, synopsis, "expected no arguments");
	if (running > 0)
		return find_master(ctx);
	if (conf_load(ctx, &conf) < 0 || conf_popuser(ctx, &conf) < 0)
		return -1;
	ctx->syslog = syslog > 0;
	if (concurrency < 0)
		concurrency = conf.concurrency;
	if (concurrency < 1)
		return err_perm(&ctx->err, "%s" QMAIL_CONTROL "qv-concurrency:1: expected at least 1", ctx->root);
	sched = (struct sched){
		.grace = grace >= 0 ? grace : conf.grace,
		.interval = every > 0 ? (int64_t)every * 1000 : 0,
		.concurrency = (size_t)concurrency,
	};
	return ctx->dry_run ? show(ctx, &conf, &sched) : run(ctx, &conf, &sched);
}

static const char help[] PACKED =
	"Makes one pass over the directories below /home/serialmail, starts a flush for\n"
	"each one with waiting mail, and exits when the flushes have ended: for cron.\n"
	"Paused and on-demand hosts are skipped. A directory without mail costs no\n"
	"process.\n"
	"\n"
	"  -e, --every SECONDS\n"
	"               keep running and make a pass every SECONDS: for supervise, runit,\n"
	"               inittab or an init script\n"
	"  -g, --grace SECONDS\n"
	"               wait this long between two starts; 0.1 is possible\n"
	"               (control/qv-grace, 1)\n"
	"  -c, --concurrency N\n"
	"               run at most N flushes at once (control/qv-concurrency, 20)\n"
	"  --syslog     log to syslog's mail facility\n"
	"  --running    print the pid of the master that runs with -e, and exit; exit 1\n"
	"               if none does. No pid is printed where it is not known\n"
	"  -n           print what would be started, and when\n"
	"\n"
	"With -e it watches each Maildir/new (inotify): mail that arrives is sent at\n"
	"once, without grace, and a new host needs no signal. Mail that arrives during a\n"
	"flush starts another one. A failed host is retried -e SECONDS after its last\n"
	"attempt. Directories that cannot be watched are polled in each pass, and this\n"
	"is logged once. 10,000 hosts take under 1 MB, and about 10 MB of kernel memory\n"
	"for watches.\n"
	"\n"
	"TERM: starts nothing more, lets running flushes finish their message, exits 0.\n"
	"HUP, ALRM: makes a pass at once and retries failed hosts.\n"
	"Only one master runs at a time on a gateway: a second exits 0, or 111 with -e.\n"
	"\n"
	"Files:\n"
	"  /home/serialmail/HOST     flushed, unless .qv-paused or .qv-on-demand exists\n"
	"  /var/qmail/control/qv-serialmail, qv-interval, qv-grace, qv-concurrency\n"
	"\n"
	"Example:\n"
	"  */2 * * * * /usr/sbin/qv-master -q --syslog    (busybox's crond mails nothing)\n";

const struct applet master_applet = {
	.name = "qv-master",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "flush every dial-up host that has mail",
	.help = help,
	.main = master_main,
};
