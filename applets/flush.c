/* qv-flush - the delivery script: lock RELAYHOST, deliver Maildir/new, unlock. */
#include <stdlib.h>
#include <string.h>

#include "applet.h"
#include "flush/flush.h"
#include "lib/packed.h"
#include "lib/verb.h"
#include "setup/dialup_home.h"

static const char synopsis[] =
	"qv-flush [-bBo] [--bounce-all] [-t SECONDS] [-T SECONDS] [-P N] [-W WINDOW] [-c COMMAND] [--syslog] HOST|DIR...";

/* "16": messages; "64K", "1M", or a number that is too large for messages: bytes. */
static int set_window(struct err *e, const char *text, struct smtp_limits *window)
{
	char *unit;
	unsigned long n = strtoul(text, &unit, 10);
	int shift = *unit == 'K' || *unit == 'k' ? 10 : *unit == 'M' || *unit == 'm' ? 20 : 0;

	if (*text < '0' || *text > '9' || n == 0 || n > INT32_MAX || unit[shift > 0] != '\0')
		return err_usage(e, synopsis, "invalid -W \"%s\": expected a number of messages or of bytes (64K, 1M)", text);
	if (shift == 0 && n <= SMTP_MESSAGES)
		window->messages = n;
	else
		window->bytes = (uint64_t)n << shift;
	return 0;
}

/* A word without a slash is a host; but "." is where we are. */
static int flush_one(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, const char *word,
                     bool *stopped)
{
	char home[800];

	if (strchr(word, '/') != NULL || strcmp(word, ".") == 0)
		return flush_dir(ctx, conf, o, word, stopped);
	if (dialup_home(ctx, conf, word, home, sizeof home) < 0)
		return -1;
	return flush_dir(ctx, conf, o, home, stopped);
}

/* main prints the error of the last one; those of the others are printed here. */
static int flush_all(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, int n, char **words)
{
	bool stopped = false;
	int code = 0;

	for (int i = 0; i < n && !stopped; i++) {
		int r;

		ctx->err = (struct err){0};
		r = flush_one(ctx, conf, o, words[i], &stopped);
		if (r < 0 && i == n - 1 && code == 0)
			return -1;
		if (r < 0)
			r = ctx_fatal(ctx);
		code = r > code ? r : code;
	}
	return code;
}

static int flush_main(struct ctx *ctx, int argc, char **argv)
{
	struct flush_options o = flush_defaults;
	int bounce = 0, keep = 0, report = 0, syslog = 0, bounce_all = 0;
	struct opt_list windows = {0};
	long connections = 1;
	struct conf conf;
	const struct opt options[] = {
		{'b', NULL, OPT_FLAG, &bounce},
		{'B', NULL, OPT_FLAG, &keep},
		{'o', NULL, OPT_FLAG, &report},
		{'t', NULL, OPT_NUMBER, &o.lifetime},
		{'T', NULL, OPT_NUMBER, &o.limit},
		{'P', NULL, OPT_COUNT, &connections},
		{'W', NULL, OPT_LIST, &windows},
		{'c', NULL, OPT_STRING, &o.transport},
		{0, "syslog", OPT_FLAG, &syslog},
		{0, "bounce-all", OPT_FLAG, &bounce_all},
		{0},
	};

	if (common_options(ctx, synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc < 2)
		return err_usage(&ctx->err, synopsis, "expected at least one HOST or DIR");
	if (o.transport != NULL && strlen(o.transport) > TRANSPORT_MAX)
		return err_usage(&ctx->err, synopsis, "-c COMMAND is longer than %d bytes", TRANSPORT_MAX);
	if (bounce > 0 && keep > 0)
		return err_usage(&ctx->err, synopsis, "-b and -B cannot be combined");
	if (connections > FLUSH_CONNECTIONS)
		return err_usage(&ctx->err, synopsis, "invalid -P %ld: expected at most %d connections", connections, FLUSH_CONNECTIONS);
	for (int i = 0; i < windows.n; i++)
		if (set_window(&ctx->err, windows.item[i], &o.window) < 0)
			return -1;
	ctx->syslog = syslog > 0;
	o.connections = (size_t)connections;
	o.keep_refused = keep > 0;
	o.bounce_all = bounce_all > 0;
	o.report = report > 0 || ctx->dry_run;
	if (conf_load(ctx, &conf) < 0 || conf_popuser(ctx, &conf) < 0)
		return -1;
	return flush_all(ctx, &conf, &o, argc - 1, argv + 1);
}

static const char help[] PACKED =
	"For each HOST (a dial-up host or an alias of one) or DIR (a word with a slash,\n"
	"such as /home/serialmail/HOST or ./HOST) in turn: locks RELAYHOST without\n"
	"waiting; if another process holds the lock, a flush is running and there is\n"
	"nothing to do. Sends the mail in Maildir/new, oldest first, as popusr, to the\n"
	"servers listed in RELAYHOST (HOST[:PORT] or [IPV6]:PORT, one a line, tried in\n"
	"order). Sender and recipient come from the Return-Path and Delivered-To lines,\n"
	"which are not sent. A paused host is skipped (-v reports it).\n"
	"\n"
	"A message is removed only after the server has answered 250 for it, or after\n"
	"its bounce is in qmail's queue. 4xx: it is kept. 5xx: it bounces, except for the\n"
	"codes that are not about this message (500-504, 521, 530, 534, 535, 538): then\n"
	"it is kept. If a server rejects the first messages of a flush (control/qv-brake,\n"
	"default 4) and accepts none, no more bounce until it accepts one. Older than its\n"
	"lifetime: it bounces even if the host was never reached. Each message gets a\n"
	"line on stderr:\n"
	"  DIR: new/NAME: delivered|deferred|bounced: REPLY\n"
	"and each flush a summary; with -q only failures are printed. DIR/.qv-status\n"
	"keeps the result for qv-status. TERM: finishes the current message, then stops.\n"
	"\n"
	"  -b, -B       bounce rejected mail (default); or keep it\n"
	"  --bounce-all  bounce rejected mail even if the server accepts none\n"
	"  -t SECONDS   lifetime (default: DIR/.qv-lifetime, else control/qv-lifetime,\n"
	"               14 days)\n"
	"  -T SECONDS   time limit of a flush; mail not sent by then is kept (default:\n"
	"               none)\n"
	"  -P N         use N connections at once, 1 to 64 (default 1)\n"
	"  -W WINDOW    to a server that offers CHUNKING: how much may be sent without a\n"
	"               reply, and so arrive twice when the line drops. A number of\n"
	"               messages (1 to 4096, default 4096) or bytes (a larger number,\n"
	"               64K, 1M; default 16M); give -W twice for both. It begins with at\n"
	"               most 256 messages and 1M, and grows if the line is idle\n"
	"  -c COMMAND   send by this program with its arguments ('PROGRAM ARG...'), run\n"
	"               in DIR with two more: Maildir and the recipients' prefix\n"
	"  -o           report waiting mail, send nothing (same as -n)\n"
	"  --syslog     log to syslog's mail facility\n"
	"\n"
	"Exit codes: 0 done, or nothing to do; 100 a person must change something; 111\n"
	"mail was deferred, or the same command may work later.\n"
	"\n"
	"Files:\n"
	"  DIR/RELAYHOST             HOST[:PORT] or [IPV6]:PORT, one a line; the lock\n"
	"  DIR/Maildir               the waiting mail\n"
	"  DIR/.qv-status            the last attempt\n"
	"  DIR/.qv-lifetime          seconds until mail that could not be sent bounces\n"
	"  DIR/.qv-paused            while this file exists nothing is sent\n"
	"  /var/qmail/control/qv-lifetime, qv-warn, qv-helo, qv-brake\n"
	"\n"
	"Example:\n"
	"  # qv-flush some.example.com\n";

const struct applet flush_applet = {
	.name = "qv-flush",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "deliver the mail that waits for a dial-up host",
	.help = help,
	.main = flush_main,
};
