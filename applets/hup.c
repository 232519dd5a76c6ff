/* qv-hup - make qmail-send read virtualdomains and locals again, and see that it has. */
#include <stdio.h>

#include "applet.h"
#include "lib/verb.h"
#include "qmail/qsend.h"

static const char synopsis[] = "qv-hup [-nqv] [-R DIR]";

static const char *found_by(enum qsend_found found)
{
	static const char *const words[] = {
		[QSEND_NONE] = "",
		[QSEND_LOCK] = "it holds queue/lock/sendmutex",
		[QSEND_SUPERVISE] = "its supervise directory says so",
		[QSEND_PROC] = "it works in " QMAIL_HOME "/queue",
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
		return err_usage(&ctx->err, synopsis, "no arguments are expected");
	if (conf_load(ctx, &conf) < 0 || ctx_need_root(ctx) < 0)
		return -1;
	if (ctx->offline) {
		ctx_info(ctx, "%s is not the running system: nobody to HUP", ctx->root);
		return 0;
	}
	if (qsend_find(ctx, &conf, &q) < 0)
		return -1;
	if (q.found == QSEND_NONE) {
		ctx_info(ctx, "no qmail-send runs on " QMAIL_HOME ": nobody to HUP");
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

const struct applet hup_applet = {
	.name = "qv-hup",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "make qmail-send read virtualdomains and locals again",
	.help =
		"Finds the qmail-send that runs on /var/qmail: who holds queue/lock/sendmutex, else\n"
		"the supervise directory named in control/qv-qmail-send or found in the usual places,\n"
		"else a process of that name whose working directory is /var/qmail/queue. Sends it a\n"
		"HUP, pulls queue/lock/trigger so that it wakes up, and waits until it has read\n"
		"control/virtualdomains, at most ten seconds. Nobody else is ever signalled.\n"
		"\n"
		"That no qmail-send runs is no error: it reads the files when it starts.\n"
		"rcpthosts, smtproutes, users/cdb and .qmail files need no HUP.\n"
		"\n"
		"Files:\n"
		"  /var/qmail/queue/lock/sendmutex, /var/qmail/queue/lock/trigger\n"
		"  /var/qmail/control/qv-qmail-send      its supervise directory\n"
		"\n"
		"Example:\n"
		"  # vi /var/qmail/control/virtualdomains\n"
		"  # qv-hup -v\n",
	.main = hup_main,
};
