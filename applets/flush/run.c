/* run - as root: where mail waits and nobody else sends it, have the worker deliver it; keep .qv-status. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "dialup/full.h"
#include "dialup/marks.h"
#include "flush/bouncer.h"
#include "flush/internal.h"
#include "lib/clock.h"
#include "lib/fs.h"

const struct flush_options flush_defaults = {
	.lifetime = -1,
	.connections = 1,
	.window = {.mode = SMTP_STREAMING, .messages = SMTP_MESSAGES, .bytes = 16 << 20},
};

/* The worker talks to the network: what it has written is read with care. */
static void end_words(struct attempt *l)
{
	l->result[sizeof l->result - 1] = l->mode[sizeof l->mode - 1] = l->limit[sizeof l->limit - 1] = '\0';
	l->looks[sizeof l->looks - 1] = l->reason[sizeof l->reason - 1] = l->wants[sizeof l->wants - 1] = '\0';
}

static void work(struct flush *f, size_t k)
{
	struct attempt *last = &f->tallies[k].last;

	bouncer_is_far(f);
	held_end(f->ctx, &f->home);
	/* For good: the network and the mail are only ever touched as popusr. */
	if (geteuid() == 0 && conf_become(f->conf) < 0)
		snprintf(last->result, sizeof last->result, "unable to become %s: %s", f->conf->popuser, strerror(errno));
	else
		f->tallies[k].done = flush_deliver(f) == 0;
}

static void write_status(struct flush *f, const struct attempt *l)
{
	struct err failed = f->ctx->err;

	if (attempt_write(f->ctx, f->path, l) < 0)
		ctx_warn(f->ctx, "%s: %s", f->dir, f->ctx->err.text);
	f->ctx->err = failed;
}

/* What stops us before anything could be sent is an attempt too, and qv-status should say so. */
static void keep_status(struct flush *f, int r)
{
	struct attempt last = f->tally->last;

	if (r < 0 && *last.result == '\0')
		snprintf(last.result, sizeof last.result, "%.390s", f->ctx->err.text);
	last.time = time(NULL);
	attempt_count(&last, &f->before.past);
	write_status(f, &last);
}

/* Nobody was asked, so it is no attempt; but its bounces count. */
static void keep_bounces(struct flush *f)
{
	if (f->tally->last.bounced <= 0)
		return;
	past_add(&f->before.past, &(struct past_counts){.bounced = f->tally->last.bounced}, time(NULL));
	write_status(f, &f->before);
}

static int have_it_delivered(struct flush *f)
{
	int r;

	bouncer_open(f);
	r = crew_run(f, 1, work, NULL);
	bouncer_close(f);
	return r;
}

static int attempt(struct flush *f)
{
	struct attempt *last = &f->tally->last;
	int64_t begin = clock_ms();
	int r = flush_prepare(f);

	if (f->o->limit > 0)
		f->until = begin + (int64_t)f->o->limit * 1000;
	if (r == 0)
		r = have_it_delivered(f);
	end_words(last);
	/* Where another gateway has taken over, the notes are its own. */
	if (r == 0 && f->tally->done && !f->tally->stuck && *f->tally->barred == '\0' && !f->o->report)
		flush_no_doubts(f);
	if (r == 0 && !f->tally->done) {
		if (*last->result == '\0')
			snprintf(last->result, sizeof last->result, "the delivery crashed");
		r = err_temp(&f->ctx->err, "%s: %s", f->dir, last->result);
	}
	if (f->o->expire && !f->o->report)
		keep_bounces(f);
	if (f->o->report || f->o->expire)
		return r;
	if (r == 0 && f->unsent.code != 0) {
		f->ctx->err = f->unsent;
		r = -1;
	}
	last->milliseconds = clock_ms() - begin;
	keep_status(f, r);
	if (r < 0)
		return -1;
	return last->deferred > 0 || strncmp(last->result, "ok", 2) != 0 ? EXIT_TEMP : 0;
}

/* Both states of each message; the worker's tally is behind them, so that of few all is in one page. */
static size_t item_bytes(const struct flush *f)
{
	const size_t align = _Alignof(struct flush_tally);

	return (2 * f->list.n + align - 1) / align * align;
}

static size_t shared_bytes(const struct flush *f)
{
	return item_bytes(f) + FLUSH_TALLIES * sizeof *f->tallies;
}

/* The worker and its connections write here what this process reads. */
static int share(struct flush *f)
{
	void *p;

	if (maildir_list(f->new, &f->list) < 0)
		return err_sys(&f->ctx->err, "unable to list %s/Maildir/new", f->path);
	p = mmap(NULL, shared_bytes(f), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return err_sys(&f->ctx->err, "unable to share memory");
	f->item = p;
	f->ended = f->item + f->list.n;
	f->tallies = f->tally = (void *)(f->item + item_bytes(f));
	return 0;
}

/* The time of the mark tells the master when its mail was last looked through (hosts.h). */
static void touch_mark(struct flush *f)
{
	char path[PATH_MAX + NAME_MAX];
	const char *name;
	int dir = fs_parent(f->ctx, flush_below(f, DOMAIN_ON_DEMAND, path, sizeof path), &name);

	if (dir < 0)
		return;
	utimensat(dir, name, NULL, AT_SYMLINK_NOFOLLOW);
	close(dir);
}

static int run(struct flush *f)
{
	if (share(f) < 0)
		return -1;
	if (f->o->expire)
		touch_mark(f);
	return attempt(f);
}

/* What was sent has made room; for a paused host more and more waits. */
static void keep_full(struct flush *f)
{
	struct err kept;
	int home;

	if (f->new < 0 || f->o->report)
		return;
	kept = f->ctx->err;
	home = fs_dir(f->ctx, f->path);
	if (home >= 0) {
		full_keep(home, f->new);
		close(home);
	}
	f->ctx->err = kept;
}

static void end(struct flush *f)
{
	int fds[] = {f->new, f->tmp, f->lock, f->guard, f->stop};

	keep_full(f);
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	held_end(f->ctx, &f->home);
	mapped_close(&f->cdb);
	if (f->tallies != NULL)
		munmap((void *)f->item, shared_bytes(f));
	maildir_free(&f->list);
}

static void begin(struct flush *f, struct ctx *ctx, const struct conf *conf, const struct flush_options *o, const char *dir)
{
	*f = (struct flush){.ctx = ctx, .conf = conf, .o = o, .dir = dir, .cdb.fd = -1};
	f->new = f->tmp = f->lock = f->guard = f->stop = f->bounces = f->bouncer = -1;
}

int flush_dir(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, const char *dir, bool *stopped)
{
	enum flush_ready ready = FLUSH_NOTHING;
	struct flush f;
	int r;

	begin(&f, ctx, conf, o, dir);
	r = flush_prepare_path(&f);
	if (r == 0)
		r = flush_lock(&f, &ready);
	if (r == 0 && ready == FLUSH_READY)
		r = run(&f);
	else if (r == 0 && ready == FLUSH_NOTHING)
		ctx_verbose(ctx, "%s: no mail waits", dir);
	*stopped = f.stopping;
	end(&f);
	return r;
}

struct flush *flush_reserve(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, const char *dir, enum flush_ready *ready)
{
	struct flush *f = malloc(sizeof *f);
	int r;

	if (f == NULL) {
		err_temp(&ctx->err, "out of memory");
		return NULL;
	}
	begin(f, ctx, conf, o, dir);
	r = flush_prepare_path(f);
	if (r == 0)
		r = flush_lock(f, ready);
	if (r == 0 && *ready == FLUSH_READY)
		return f;
	end(f);
	begin(f, ctx, conf, o, dir);
	if (r == 0)
		return f;
	free(f);
	return NULL;
}

void flush_release(struct flush *f)
{
	end(f);
	free(f);
}

void flush_result(const struct flush *f, char *to, size_t size)
{
	const struct attempt *l = f->tally != NULL ? &f->tally->last : &(struct attempt){0};

	snprintf(to, size, "%lld delivered, %lld deferred, %lld bounced", l->delivered, l->deferred, l->bounced);
}

int flush_turned(struct flush **f, size_t n, const struct flush_turned *turned)
{
	struct flush_session *session = flush_session_new(turned->from, turned->to, turned->name, true);
	int code = 0;

	if (session == NULL)
		return err_temp(&f[0]->ctx->err, "out of memory");
	flush_session_turned(session, turned->slowly);
	for (size_t i = 0; i < n && code >= 0 && (i == 0 || !f[i - 1]->stopping); i++) {
		int r;

		f[i]->session = session;
		f[i]->last = i + 1 == n;
		r = run(f[i]);
		code = r < 0 || r > code ? r : code;
	}
	flush_session_free(session);
	return code;
}
