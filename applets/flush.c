/* qv-flush - the delivery script: lock RELAYHOST, deliver Maildir/new, unlock. */
#include <string.h>

#include "applet.h"
#include "flush/flush.h"
#include "lib/verb.h"

static const char synopsis[] = "qv-flush [-bBo] [-t SECONDS] [-c 'PROGRAM ARGS'] [--syslog] DIR...";

/* Several directories: the error of the last one is left for main, the others are said here. */
static int flush_all(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, int n, char **dirs)
{
	int code = 0;

	for (int i = 0; i < n; i++) {
		int r;

		ctx->err.code = 0;
		r = flush_dir(ctx, conf, o, dirs[i]);
		if (r < 0 && i == n - 1 && code == 0)
			return -1;
		if (r < 0) {
			ctx_fatal(ctx);
			r = ctx->err.code;
		}
		code = r > code ? r : code;
	}
	return code;
}

static int flush_main(struct ctx *ctx, int argc, char **argv)
{
	struct flush_options o = {.lifetime = -1};
	int bounce = 0, keep = 0, report = 0, syslog = 0;
	struct conf conf;
	const struct opt options[] = {
		{'b', NULL, OPT_FLAG, &bounce},
		{'B', NULL, OPT_FLAG, &keep},
		{'o', NULL, OPT_FLAG, &report},
		{'t', NULL, OPT_NUMBER, &o.lifetime},
		{'c', NULL, OPT_STRING, &o.transport},
		{0, "syslog", OPT_FLAG, &syslog},
		{0},
	};

	if (common_options(ctx, synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc < 2)
		return err_usage(&ctx->err, synopsis, "a DIR is expected");
	if (bounce > 0 && keep > 0)
		return err_usage(&ctx->err, synopsis, "-b and -B contradict each other");
	ctx->syslog = syslog > 0;
	o.keep_refused = keep > 0;
	o.report = report > 0 || ctx->dry_run;
	if (conf_load(ctx, &conf) < 0 || conf_popuser(ctx, &conf) < 0)
		return -1;
	return flush_all(ctx, &conf, &o, argc - 1, argv + 1);
}

const struct applet flush_applet = {
	.name = "qv-flush",
	.dir = "usr/sbin",
	.synopsis = "[-bBo] [-t SECONDS] [-c 'PROGRAM ARGS'] [--syslog] DIR...",
	.summary = "deliver what waits for a dial-up host",
	.help =
		"For each DIR in turn (/home/serialmail/HOST): locks RELAYHOST without waiting; when\n"
		"another holds it, a transfer is under way and there is nothing to do. Sends what is\n"
		"in Maildir/new, oldest first, as popusr, to the hosts named in RELAYHOST (HOST[:PORT]\n"
		"or [IPV6]:PORT a line, the next line is the next to try). Sender and recipient are\n"
		"those of the Return-Path and Delivered-To lines, which are not sent on.\n"
		"\n"
		"A message goes only after the server's own 250 for it, or after its bounce is in\n"
		"qmail's queue. 4xx: it stays. 5xx: it bounces. Older than its lifetime: it bounces\n"
		"even if the host was never reached. Each message gets one line on stderr\n"
		"  DIR: new/NAME: delivered|deferred|bounced: REPLY\n"
		"and each run a summary; under -q only failures are said. DIR/.qv-status keeps the last\n"
		"attempt for qv-status. TERM: finishes the message under way, then stops.\n"
		"\n"
		"  -b, -B       bounce refused mail (default); or let it stay\n"
		"  -t SECONDS   lifetime (default: DIR/.qv-lifetime, else control/qv-lifetime, 14 days)\n"
		"  -c 'PROGRAM ARGS'\n"
		"               send by this program, run in DIR with two more arguments: Maildir and\n"
		"               the recipients' prefix\n"
		"  -o           say what waits, send nothing (as -n)\n"
		"  --syslog     lines go to syslog's mail facility\n"
		"\n"
		"Exit codes: 111 also when mail was deferred.\n"
		"\n"
		"Example:\n"
		"  # qv-flush /home/serialmail/some.example.com\n",
	.main = flush_main,
};
