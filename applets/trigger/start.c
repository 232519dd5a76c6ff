/* start - have mail sent to a customer's server: by the master that stays, or by a flush of our own. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "dialup/hosts.h"
#include "dialup/marks.h"
#include "dialup/wake.h"
#include "flush/flush.h"
#include "lib/fs.h"
#include "lib/signals.h"
#include "qmail/maildir.h"
#include "trigger/internal.h"

static const char *const ways[] = {
	[TRIGGER_ETRN] = "etrn",
	[TRIGGER_ODMR] = "odmr",
	[TRIGGER_AUTOTURN] = "autoturn",
	[TRIGGER_HELLO] = "hello",
};

static void make_call(const struct trigger *t, const char *result, struct call *c)
{
	*c = (struct call){.time = time(NULL)};
	snprintf(c->way, sizeof c->way, "%s", ways[t->o->way]);
	snprintf(c->user, sizeof c->user, "%s", t->user);
	snprintf(c->from, sizeof c->from, "%s", t->from);
	snprintf(c->result, sizeof c->result, "%s", result);
}

void start_dir(const struct trigger *t, const char *host, char dir[PATH_MAX])
{
	snprintf(dir, PATH_MAX, "%s/%s", t->conf->serialmail, host);
}

int start_serving(const struct trigger *t, const char *dir, const char *result)
{
	struct call c;
	int r;

	make_call(t, result, &c);
	r = call_begin(t->ctx, dir, (int)t->conf->call_interval, &c);
	if (r < 0)
		ctx_warn(t->ctx, "%s", t->ctx->err.text);
	return r;
}

void start_note(const struct trigger *t, const char *dir, const char *result)
{
	struct call c;

	make_call(t, result, &c);
	if (call_note(t->ctx, dir, &c) < 0)
		ctx_warn(t->ctx, "%s", t->ctx->err.text);
}

static bool is_paused(const struct trigger *t, const char *dir)
{
	char path[PATH_MAX + 16];
	struct stat st;

	snprintf(path, sizeof path, "%s/" DOMAIN_PAUSED, dir);
	return fs_stat(t->ctx, path, &st) == 0;
}

/* Messages that wait; a directory that cannot be read has none that could be sent. */
static size_t waiting(const struct trigger *t, const char *dir)
{
	struct maildir_list list = {0};
	char path[PATH_MAX + 16];
	size_t n = 0;
	int new;

	snprintf(path, sizeof path, "%s/Maildir/new", dir);
	new = fs_dir(t->ctx, path);
	if (new < 0)
		return 0;
	if (maildir_list(new, &list) == 0)
		n = list.n;
	maildir_free(&list);
	close(new);
	return n;
}

static int flush_one(const struct trigger *t, const struct flush_options *o, const char *host)
{
	char dir[PATH_MAX];
	bool stopped;
	int r;

	start_dir(t, host, dir);
	r = flush_dir(t->ctx, t->conf, o, dir, &stopped);
	if (r < 0)
		ctx_warn(t->ctx, "%s", t->ctx->err.text);
	start_note(t, dir, r == 0 ? "sent" : r > 0 ? "some mail is left" : "failed");
	return stopped ? -1 : 0;
}

/* The caller's descriptors are not a flush's: he would wait for their end. */
static void let_go(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd < 2; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
}

static void flush_all(struct trigger *t, const struct flush_options *o, const struct trigger_hosts *h)
{
	const char *host = NULL;

	who_forget(t);
	t->ctx->applet = "qv-flush";
	prctl(PR_SET_NAME, "qv-flush");
	while ((host = trigger_hosts_next(h, host)) != NULL)
		if (flush_one(t, o, host) < 0)
			return;
}

/* One process for all of them, one after the other: it goes on when the caller has gone. */
static bool flush_apart(struct trigger *t, const struct trigger_hosts *h)
{
	pid_t pid = fork();

	if (pid < 0)
		err_sys(&t->ctx->err, "unable to start a flush");
	if (pid != 0)
		return pid > 0;
	setsid();
	let_go();
	signals_default();
	flush_all(t, &flush_defaults, h);
	_exit(0);
}

/* 0: noted, and to be started; 1: not now. */
static int look(struct trigger *t, const char *host, struct started *s, size_t *n)
{
	char dir[PATH_MAX];
	int r;

	start_dir(t, host, dir);
	if (is_paused(t, dir)) {
		s->paused = true;
		return 1;
	}
	*n = waiting(t, dir);
	if (*n == 0) {
		start_note(t, dir, "no mail waits");
		return 1;
	}
	r = start_serving(t, dir, "started");
	s->soon |= r == 1;
	s->failed |= r < 0;
	return r == 0 ? 0 : 1;
}

static void count(struct started *s, size_t messages)
{
	s->hosts++;
	s->messages += messages;
}

void start_flushes(struct trigger *t, const struct trigger_hosts *h, struct started *s)
{
	struct trigger_hosts own = TRIGGER_HOSTS;
	const char *host = NULL;
	size_t n, mine = 0;

	*s = (struct started){0};
	while ((host = trigger_hosts_next(h, host)) != NULL) {
		if (look(t, host, s, &n) != 0)
			continue;
		if (wake_send(t->ctx, t->conf, host) == 0) {
			count(s, n);
			continue;
		}
		trigger_hosts_add(&own, host);
		mine += n;
	}
	if (own.n > 0 && flush_apart(t, &own)) {
		s->hosts += own.n;
		s->messages += mine;
	} else if (own.n > 0) {
		ctx_warn(t->ctx, "%s", t->ctx->err.text);
		s->failed = true;
	}
	trigger_hosts_free(&own);
}

void start_here(struct trigger *t, const struct trigger_hosts *h)
{
	struct flush_options o = flush_defaults;
	struct trigger_hosts ready = TRIGGER_HOSTS;
	struct started s = {0};
	const char *host = NULL;
	size_t n;

	o.host = t->from;
	while ((host = trigger_hosts_next(h, host)) != NULL)
		if (look(t, host, &s, &n) == 0)
			trigger_hosts_add(&ready, host);
	let_go();
	flush_all(t, &o, &ready);
	trigger_hosts_free(&ready);
}
