/* qv-hup - make qmail-send read virtualdomains and locals again, and wait until it has. */
#include <stdio.h>

#include "applet.h"
#include "lib/packed.h"
#include "lib/verb.h"
#include "qmail/qsend.h"

static const char synopsis[] = "qv-hup [-nqv] [-R DIR]";

static const char *found_by(enum qsend_found found)
{
	static const char *const words[] = {
		[QSEND_NONE] = "",
		[QSEND_LOCK] = "holds queue/lock/sendmutex",
		[QSEND_SUPERVISE] = "named by its supervise directory",
		[QSEND_PROC] = "runs in " QMAIL_HOME "/queue",
	};

	return words[found];
}

static int hup_main(struct ctx *ctx, int argc, char **argv)
{
	struct conf conf;
	struct qsend q;

	if (common_options(ctx, synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc != 1)
		return err_usage(&ctx->err, synopsis, "expected no arguments");
	if (conf_load(ctx, &conf) < 0 || ctx_need_root(ctx) < 0)
		return -1;
	if (ctx->offline) {
		ctx_info(ctx, "%s is not the running system: no process to HUP", ctx->root);
		return 0;
	}
	if (qsend_find(ctx, &conf, &q) < 0)
		return -1;
	if (q.found == QSEND_NONE) {
		if (qsend_none(ctx) < 0)
			return -1;
		ctx_info(ctx, "no qmail-send runs on " QMAIL_HOME ": no process to HUP");
		return 0;
	}
	if (ctx->dry_run) {
		printf("HUP qmail-send, pid %ld (%s)\n", (long)q.pid, found_by(q.found));
		return 0;
	}
	if (qsend_hup(ctx, &conf) < 0)
		return -1;
	ctx_verbose(ctx, "qmail-send, pid %ld (%s), has read its files again", (long)q.pid, found_by(q.found));
	return 0;
}

static const char help[] PACKED =
	"Finds the qmail-send that runs on /var/qmail: the process that holds\n"
	"queue/lock/sendmutex, else the one under the supervise directory that\n"
	"control/qv-qmail-send names or that is found in the usual places, else a\n"
	"process of that name in the directory /var/qmail/queue. Sends it a HUP, pulls\n"
	"queue/lock/trigger to wake it, and waits up to ten seconds until it has read\n"
	"control/virtualdomains. No other process is ever signalled.\n"
	"\n"
	"If no qmail-send runs, this is not an error: it reads the files when it starts.\n"
	"If queue/lock/sendmutex is held but its process cannot be seen (/proc is not\n"
	"mounted, or belongs to another PID namespace), this is an error, exit 100: mount\n"
	"/proc, or name the supervise directory in control/qv-qmail-send.\n"
	"rcpthosts, smtproutes, users/cdb and .qmail files need no HUP.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/queue/lock/sendmutex, /var/qmail/queue/lock/trigger\n"
	"  /var/qmail/control/qv-qmail-send      its supervise directory\n"
	"\n"
	"Example:\n"
	"  # vi /var/qmail/control/virtualdomains\n"
	"  # qv-hup -v\n";

const struct applet hup_applet = {
	.name = "qv-hup",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "make qmail-send read virtualdomains and locals again",
	.help = help,
	.main = hup_main,
};
