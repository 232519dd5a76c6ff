/* qv-status - what waits where, since when, and how the last attempt ended. */
#include <stdio.h>
#include <time.h>

#include "applet.h"
#include "lib/json.h"
#include "lib/verb.h"
#include "qmail/names.h"
#include "qmail/status.h"

static const char synopsis[] = "qv-status [HOST] [-j]";

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
	else if (s->paused || s->on_demand)
		snprintf(state, sizeof state, "%s", s->paused ? "paused" : "on demand");
	printf("%-30s %7zu %11lld %6s %6s %6s", host, s->waiting, s->bytes, oldest, last, next);
	if (*state != '\0')
		printf("  %s%s", state, s->last.time > 0 ? ";" : "");
	if (s->last.time > 0)
		printf("%s%s", *state != '\0' ? " " : "  ", s->last.result);
	printf("\n");
}

static void number_or_null(struct buf *b, const char *key, bool known, long long n)
{
	json_key(b, key);
	if (known)
		json_number(b, n);
	else
		json_null(b);
}

static void put_last(struct buf *b, const struct last *l)
{
	json_key(b, "last");
	if (l->time == 0) {
		json_null(b);
		return;
	}
	json_open(b, '{');
	number_or_null(b, "time", true, l->time);
	json_key(b, "result");
	json_string(b, l->result);
	number_or_null(b, "delivered", true, l->delivered);
	number_or_null(b, "deferred", true, l->deferred);
	number_or_null(b, "bounced", true, l->bounced);
	json_close(b, '}');
}

static void put(struct buf *b, const char *host, const struct status *s)
{
	json_open(b, '{');
	json_key(b, "host");
	json_string(b, host);
	json_key(b, "dir");
	json_string(b, s->dir);
	number_or_null(b, "waiting", true, (long long)s->waiting);
	number_or_null(b, "bytes", true, s->bytes);
	number_or_null(b, "oldest", s->oldest >= 0, s->oldest);
	json_key(b, "paused");
	json_bool(b, s->paused);
	json_key(b, "on_demand");
	json_bool(b, s->on_demand);
	number_or_null(b, "locked_by", s->locked_by > 0, s->locked_by);
	put_last(b, &s->last);
	number_or_null(b, "next", s->next > 0, s->next);
	json_close(b, '}');
}

/* 1: no such customer */
static int one(struct ctx *ctx, const struct conf *conf, const char *host, struct buf *json)
{
	time_t now = time(NULL);
	struct status s;
	int r = status_look(ctx, conf, host, now, &s);

	if (r == 0 && ctx->json)
		put(json, host, &s);
	else if (r == 0)
		row(host, &s, now);
	return r;
}

/* One that cannot be looked at does not hide the others. */
static int all(struct ctx *ctx, const struct conf *conf, struct buf *json)
{
	struct customers c;
	int r = customers_load(ctx, conf, &c), code = 0;

	for (size_t i = 0; r >= 0 && i < c.n; i++)
		if (one(ctx, conf, customers_name(&c, i), json) < 0) {
			ctx_warn(ctx, "%s", ctx->err.text);
			code = ctx->err.code;
		}
	customers_free(&c);
	return r < 0 ? -1 : code;
}

static int named(struct ctx *ctx, const struct conf *conf, const char *host, struct buf *json)
{
	struct name_domain name;
	int r;

	if (name_domain(&ctx->err, host, &name) < 0)
		return -1;
	r = one(ctx, conf, name.text, json);
	if (r == 1)
		return err_perm(&ctx->err, "%s is no dial-up host: there is no %s%s/%s/RELAYHOST", name.text, ctx->root,
		                conf->serialmail, name.text);
	return r;
}

static int status_main(struct ctx *ctx, int argc, char **argv)
{
	struct buf json = BUF(CONTROL_MAX);
	struct conf conf;
	int r;

	if (common_options(ctx, synopsis, NULL, &argc, argv) < 0)
		return -1;
	if (argc > 2)
		return err_usage(&ctx->err, synopsis, "one HOST at most");
	if (conf_load(ctx, &conf) < 0)
		return -1;
	if (!ctx->json)
		printf("%-30s %7s %11s %6s %6s %6s  %s\n", "HOST", "WAITING", "BYTES", "OLDEST", "LAST", "NEXT", "RESULT");
	json_open(&json, '[');
	r = argc == 2 ? named(ctx, &conf, argv[1], &json) : all(ctx, &conf, &json);
	json_close(&json, ']');
	if (r >= 0 && buf_failed(&json))
		r = err_temp(&ctx->err, "out of memory");
	if (r >= 0 && ctx->json)
		printf("%s\n", buf_text(&json));
	buf_free(&json);
	return r;
}

const struct applet status_applet = {
	.name = "qv-status",
	.dir = "usr/sbin",
	.synopsis = "[HOST] [-j]",
	.summary = "show what waits for whom, and how the last attempt ended",
	.help =
		"A line for every dial-up host (or for HOST alone): how many messages and bytes wait,\n"
		"the age of the oldest, how long ago the last attempt was and in how long the next\n"
		"is due (s, m, h, d), whether it is paused, on demand, or being sent to and by\n"
		"which process, and how the last attempt ended.\n"
		"\n"
		"-j: an array of {\"host\", \"dir\", \"waiting\", \"bytes\", \"oldest\": seconds or null,\n"
		"\"paused\", \"on_demand\", \"locked_by\": pid or null, \"last\": {\"time\", \"result\",\n"
		"\"delivered\", \"deferred\", \"bounced\"} or null, \"next\": time or null}; times are\n"
		"seconds since the epoch.\n"
		"\n"
		"Example:\n"
		"  $ qv-status some.example.com\n",
	.main = status_main,
};
