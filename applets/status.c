/* qv-status - which mail waits for which host, since when, and how the last attempt ended. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "applet.h"
#include "dialup/metrics.h"
#include "dialup/status_json.h"
#include "lib/json.h"
#include "lib/verb.h"
#include "qmail/names.h"
#include "setup/dialup_home.h"

static const char synopsis[] = "qv-status [HOST] [-j | --prometheus]";

/* How a host is reported: a line at once, or as part of one document at the end. */
struct report {
	struct buf *json;        /* NULL: none */
	struct metrics *metrics; /* NULL: none */
	bool alone;              /* only one host was asked for */
};

static bool is_table(const struct report *to)
{
	return to->json == NULL && to->metrics == NULL;
}

static void head(void)
{
	printf("%-30s %7s %11s %6s %6s %6s  %s\n", "HOST", "WAITING", "BYTES", "OLDEST", "LAST", "NEXT", "RESULT");
}

/* "3s", "12m", "5h", "9d": the largest unit that is at least one. */
static const char *age(time_t seconds, char *to, size_t size)
{
	static const struct {
		long length;
		char letter;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	while (i < 3 && seconds < units[i].length)
		i++;
	snprintf(to, size, "%lld%c", (long long)seconds / units[i].length, units[i].letter);
	return to;
}

static time_t since(long long then, time_t now)
{
	return now > then ? now - (time_t)then : 0;
}

static void say_last(const struct status *s, time_t now)
{
	char text[32];

	printf("%s", s->last.result);
	if (*s->last.mode != '\0')
		printf("; %s", s->last.mode);
	if (*s->last.limit != '\0')
		printf("; at most %s for %s (%s)", s->last.limit, age(since(s->last.limited, now), text, sizeof text),
		       *s->last.reason != '\0' ? s->last.reason : "a faster way did not work");
	if (s->last.wanted > 0)
		printf("; unwilling for %s (%s)", age(since(s->last.wanted, now), text, sizeof text), s->last.wants);
	if (s->last.braked > 0)
		printf("; braked for %s (it refuses all: qv-flush --bounce-all)",
		       age(since(s->last.braked, now), text, sizeof text));
	if (s->last.delivered > 0)
		printf("; %lld.%lld messages and %lld bytes a second", status_messages_rate(s) / 1000,
		       status_messages_rate(s) % 1000 / 100, status_bytes_rate(s));
}

static void say_call(const struct call *c, time_t now)
{
	char text[32], who[CALL_WHO];

	printf("; called %s ago, %s by %s: %s", age(since(c->time, now), text, sizeof text), c->way, call_who(c, who), c->result);
}

static void row(const char *host, const struct status *s, time_t now)
{
	char oldest[32] = "-", last[32] = "never", next[32] = "-", state[48] = "";

	if (s->oldest >= 0)
		age(s->oldest, oldest, sizeof oldest);
	if (s->last.time > 0)
		age(now > s->last.time ? now - s->last.time : 0, last, sizeof last);
	if (s->next > 0)
		age(s->next - now, next, sizeof next);
	if (s->locked_by > 0)
		snprintf(state, sizeof state, "sending (pid %ld)", (long)s->locked_by);
	else if (s->lock == LOCK_HELD)
		snprintf(state, sizeof state, "sending");
	else if (s->paused || s->on_demand)
		snprintf(state, sizeof state, "%s", s->paused ? "paused" : "on demand");
	printf("%-30s %7zu %11lld %6s %6s %6s", host, s->waiting, s->bytes, oldest, last, next);
	if (*state != '\0')
		printf("  %s%s", state, s->last.time > 0 ? ";" : "");
	if (s->last.time > 0) {
		printf("%s", *state != '\0' ? " " : "  ");
		say_last(s, now);
	}
	if (s->called.time > 0)
		say_call(&s->called, now);
	if (s->late > 0)
		printf("; %zu late", s->late);
	if (s->unsendable > 0)
		printf("; %lld unsendable", s->unsendable);
	if (s->strange > 0)
		printf("; %zu not messages", s->strange);
	printf("\n");
}

/* 1: no such host */
static int one(struct ctx *ctx, const struct conf *conf, const char *host, const struct report *to)
{
	time_t now = time(NULL);
	struct status s;
	int r = status_look(ctx, conf, host, now, &s);

	if (r != 0)
		return r;
	if (to->metrics != NULL)
		metrics_add(to->metrics, host, &s);
	if (to->json != NULL)
		status_json(to->json, host, &s);
	if (is_table(to) && to->alone)
		head();
	if (is_table(to))
		row(host, &s, now);
	return 0;
}

/* A host that cannot be read does not hide the others. */
static int all(struct ctx *ctx, const struct conf *conf, const struct report *to)
{
	struct hosts c;
	int r = hosts_load(ctx, conf, &c), code = 0;

	if (r >= 0 && is_table(to))
		head();
	for (size_t i = 0; r >= 0 && i < c.n; i++)
		if (one(ctx, conf, hosts_name(&c, i), to) < 0) {
			err_name(&ctx->err);
			ctx_warn(ctx, "%s", ctx->err.text);
			code = ctx->err.code;
		}
	hosts_free(&c);
	return r < 0 ? -1 : code;
}

static int named(struct ctx *ctx, const struct conf *conf, const char *host, const struct report *to)
{
	char home[800];
	int r;

	if (dialup_home(ctx, conf, host, home, sizeof home) < 0)
		return -1;
	r = one(ctx, conf, strrchr(home, '/') + 1, to);
	if (r == 1)
		return err_perm(&ctx->err, "%s is not a dial-up host: %s%s/RELAYHOST does not exist", host, ctx->root, home);
	return r;
}

/* host: NULL for all. */
static int look(struct ctx *ctx, const struct conf *conf, const char *host, const struct report *to)
{
	return host != NULL ? named(ctx, conf, host, to) : all(ctx, conf, to);
}

static int as_json(struct ctx *ctx, const struct conf *conf, const char *host)
{
	struct buf json = BUF(CONTROL_MAX);
	int r;

	json_open(&json, '[');
	r = look(ctx, conf, host, &(struct report){.json = &json});
	json_close(&json, ']');
	if (r >= 0 && buf_failed(&json))
		r = err_temp(&ctx->err, "out of memory");
	if (r >= 0)
		printf("%s\n", buf_text(&json));
	buf_free(&json);
	return r;
}

static int as_metrics(struct ctx *ctx, const struct conf *conf, const char *host)
{
	struct metrics metrics;
	int r;

	metrics_open(&metrics);
	r = look(ctx, conf, host, &(struct report){.metrics = &metrics});
	if (r >= 0 && metrics_print(&metrics, stdout) < 0)
		r = err_temp(&ctx->err, "out of memory");
	metrics_close(&metrics);
	return r;
}

static int status_main(struct ctx *ctx, int argc, char **argv)
{
	int prometheus = 0;
	struct conf conf;
	const struct opt options[] = {{0, "prometheus", OPT_FLAG, &prometheus}, {0}};

	if (common_options(ctx, synopsis, options, &argc, argv) < 0)
		return -1;
	if (argc > 2)
		return err_usage(&ctx->err, synopsis, "expected at most one HOST");
	if (prometheus > 0 && ctx->json)
		return err_usage(&ctx->err, synopsis, "-j and --prometheus cannot be combined");
	if (conf_load(ctx, &conf) < 0)
		return -1;
	if (prometheus > 0)
		return as_metrics(ctx, &conf, argv[1]);
	return ctx->json ? as_json(ctx, &conf, argv[1])
	                 : look(ctx, &conf, argv[1], &(struct report){.alone = argv[1] != NULL});
}

const struct applet status_applet = {
	.name = "qv-status",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "show waiting mail and the last attempt of each dial-up host",
	.help =
		"Prints a line for each dial-up host, or for HOST: how many messages and bytes\n"
		"wait, the age of the oldest, the time since the last attempt and until the next\n"
		"one (s, m, h, d), whether it is paused, on demand or being flushed (and by\n"
		"which process), and the result of the last attempt: its mode (lock-step,\n"
		"pipelined, grouped, streaming) and its rate; since when and why the server is\n"
		"talked to in a simpler mode than it offers (for a day), wants TLS or a login, or\n"
		"has rejected all mail, so that no more bounces (braked). Late messages have\n"
		"waited longer than control/qv-warn; unsendable ones had no envelope in the last\n"
		"attempt. FIFOs, directories and links in Maildir/new are never sent. The last\n"
		"call for its mail (qv-trigger): when, how, by whom, and how it ended.\n"
		"\n"
		"  -j            print an array with an object for each host; qv-status(8) has\n"
		"                its keys\n"
		"  --prometheus  print the same as gauges qvmail_*{host=\"HOST\"}, for a textfile\n"
		"                collector\n"
		"\n"
		"Files:\n"
		"  /home/serialmail/HOST/{RELAYHOST,Maildir,.qv-status,.qv-paused,.qv-on-demand}\n"
		"  /var/qmail/control/qv-serialmail, qv-interval, qv-lifetime, qv-warn\n"
		"\n"
		"Example:\n"
		"  $ qv-status some.example.com\n",
	.main = status_main,
};
