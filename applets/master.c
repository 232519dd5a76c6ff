/* qv-master - the master script: a flush for every customer directory with mail, spaced by the grace period. */
#include <unistd.h>

#include "applet.h"
#include "lib/fs.h"
#include "lib/lock.h"
#include "lib/verb.h"
#include "master/master.h"

static const char synopsis[] = "qv-master [-e SECONDS] [-g SECONDS] [-c N] [--syslog]";

/* Two masters never run at once. For cron that is no error: the last pass is not over yet. */
static int lock_out_others(struct ctx *ctx, int lock, bool stays)
{
	int r = lock_take(lock, 0);

	if (r < 0)
		return err_sys(&ctx->err, "unable to lock " QMAIL_HOME "/control");
	if (r == 1 && stays)
		return err_temp(&ctx->err, "another qv-master is running (pid %ld)", (long)lock_holder(lock));
	if (r == 1)
		ctx_info(ctx, "another qv-master is running (pid %ld): nothing to do", (long)lock_holder(lock));
	return r;
}

static int run(struct ctx *ctx, const struct conf *conf, const struct sched *sched)
{
	int lock = fs_dir(ctx, QMAIL_HOME "/control");
	int r = lock >= 0 ? lock_out_others(ctx, lock, sched->interval > 0) : -1;
	struct master k;

	if (r == 0) {
		master_open(&k, ctx, conf, sched);
		r = master_run(&k, lock);
		master_close(&k);
	}
	if (lock >= 0)
		close(lock);
	return r < 0 ? -1 : 0;
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
	int syslog = 0;
	struct sched sched;
	struct conf conf;
	const struct opt options[] = {
		{'e', "every", OPT_COUNT, &every},
		{'g', "grace", OPT_NUMBER, &grace},
		{'c', "concurrency", OPT_COUNT, &concurrency},
		{0, "syslog", OPT_FLAG, &syslog},
		{0},
	};

	if (common_options(ctx, synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, synopsis, "no arguments are expected");
	if (conf_load(ctx, &conf) < 0 || conf_popuser(ctx, &conf) < 0)
		return -1;
	ctx->syslog = syslog > 0;
	if (concurrency < 0)
		concurrency = conf.concurrency;
	if (concurrency < 1)
		return err_perm(&ctx->err, "%s" QMAIL_CONTROL "qv-concurrency:1: at least 1 is needed", ctx->root);
	sched = (struct sched){
		.grace = (grace >= 0 ? grace : conf.grace) * 1000,
		.interval = every > 0 ? every * 1000 : 0,
		.concurrency = (size_t)concurrency,
	};
	return ctx->dry_run ? show(ctx, &conf, &sched) : run(ctx, &conf, &sched);
}

const struct applet master_applet = {
	.name = "qv-master",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "flush every dial-up host that has mail",
	.help =
		"Makes one pass over the directories below /home/serialmail, starts a flush for each\n"
		"in which mail waits, and exits when they are done: for cron. Paused hosts and those\n"
		"that are served on demand are left out. A directory without mail costs no process.\n"
		"\n"
		"  -e, --every SECONDS\n"
		"               stay, and make a pass every so many seconds: for supervise, runit,\n"
		"               inittab or an init script\n"
		"  -g, --grace SECONDS\n"
		"               grace between two starts (control/qv-grace, 1)\n"
		"  -c, --concurrency N\n"
		"               at most N flushes at once (control/qv-concurrency, 20)\n"
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
		"Files:\n"
		"  /home/serialmail/HOST     what qv-flush is given; .qv-paused or .qv-on-demand: left out\n"
		"  /var/qmail/control/qv-serialmail, qv-interval, qv-grace, qv-concurrency\n"
		"\n"
		"Example:\n"
		"  */2 * * * * /usr/sbin/qv-master -q\n",
	.main = master_main,
};
