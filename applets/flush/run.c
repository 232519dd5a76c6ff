/* run - as root: lock RELAYHOST, see that mail waits, fork the worker, keep .qv-status. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "flush/flush.h"
#include "lib/fs.h"
#include "lib/lock.h"
#include "lib/opt.h"
#include "lib/signals.h"
#include "qmail/assign.h"
#include "qmail/domains.h"

static int absolute(struct flush *f)
{
	char cwd[PATH_MAX] = "";
	size_t n;

	if (f->dir[0] != '/' && getcwd(cwd, sizeof cwd) == NULL)
		return err_sys(&f->ctx->err, "unable to find the working directory");
	n = (size_t)snprintf(f->path, sizeof f->path - NAME_MAX, "%s%s%s", cwd, *cwd != '\0' ? "/" : "", f->dir);
	if (n >= sizeof f->path - NAME_MAX) /* names are put behind it */
		return err_perm(&f->ctx->err, "%.200s...: the name is too long", f->dir);
	while (n > 1 && f->path[n - 1] == '/')
		f->path[--n] = '\0';
	return 0;
}

static const char *below(const struct flush *f, const char *name, char *to, size_t size)
{
	snprintf(to, size, "%s/%s", f->path, name);
	return to;
}

/* The id of the users/assign line whose home this is, for that is what qmail-local put before the recipients. */
static bool prefix_by_assign(struct flush *f, const char *text, size_t n)
{
	struct assign_line l;
	const char *why;
	size_t at = 0, len;

	for (; at < n; at += len + 1) {
		const char *lf = memchr(text + at, '\n', n - at);

		len = lf != NULL ? (size_t)(lf - text) - at : n - at;
		switch (assign_parse(text + at, len, lf != NULL, &l, &why)) {
		case ASSIGN_ENTRY:
			if (l.home.n == strlen(f->path) && memcmp(l.home.p, f->path, l.home.n) == 0 && l.local.n < sizeof f->prefix) {
				snprintf(f->prefix, sizeof f->prefix, "%.*s", (int)l.local.n, l.local.p);
				return true;
			}
			break;
		case ASSIGN_END:
			return false;
		case ASSIGN_BAD:
			break;
		}
	}
	return false;
}

static int find_prefix(struct flush *f)
{
	struct buf b = BUF(CONTROL_MAX);
	int r = fs_slurp(f->ctx, QMAIL_ASSIGN, &b, NULL);

	if (r >= 0 && !prefix_by_assign(f, buf_text(&b), b.len))
		snprintf(f->prefix, sizeof f->prefix, "%.256s-", strrchr(f->path, '/') + 1);
	buf_free(&b);
	return r < 0 ? -1 : 0;
}

static int find_hosts(struct flush *f)
{
	struct buf b = BUF(65536);
	char path[PATH_MAX + NAME_MAX], shown[2 * PATH_MAX];
	int r = fs_slurp(f->ctx, below(f, "RELAYHOST", path, sizeof path), &b, NULL);

	snprintf(shown, sizeof shown, "%.*s%s", PATH_MAX / 2, f->ctx->root, path);
	if (r == 0)
		r = relayhost_parse(&f->ctx->err, shown, buf_text(&b), b.len, &f->hosts);
	buf_free(&b);
	return r == 0 ? 0 : -1;
}

static int find_lifetime(struct flush *f)
{
	struct buf b = BUF(64);
	char path[PATH_MAX + NAME_MAX], text[64];
	int r = 0;

	f->lifetime = f->o->lifetime >= 0 ? f->o->lifetime : f->conf->lifetime;
	if (f->o->lifetime >= 0)
		return 0;
	if (fs_slurp(f->ctx, below(f, DOMAIN_LIFETIME, path, sizeof path), &b, NULL) == 0) {
		snprintf(text, sizeof text, "%.*s", (int)strcspn(buf_text(&b), "\n"), buf_text(&b));
		if (opt_number(text, INT32_MAX, &f->lifetime) < 0)
			r = err_perm(&f->ctx->err, "%s:1: \"%s\" is no number of seconds", path, text);
	}
	buf_free(&b);
	return r;
}

/* For good: the network and the mail are only ever touched as popusr. */
static int become_popusr(const struct conf *conf)
{
	if (geteuid() != 0)
		return 0;
	if (setgroups(1, &conf->gid) < 0 || setgid(conf->gid) < 0 || setuid(conf->uid) < 0)
		return -1;
	return 0;
}

static void work(struct flush *f, int result)
{
	signal(SIGPIPE, SIG_IGN);
	if (become_popusr(f->conf) < 0)
		snprintf(f->last.result, sizeof f->last.result, "unable to become %s: %s", f->conf->popuser, strerror(errno));
	else
		deliver(f);
	_exit(fs_write(result, &f->last, sizeof f->last) < 0 ? 111 : 0);
}

/* What the worker has to say at its end, however long that takes; SIGTERM is handed on. */
static bool await(struct flush *f, pid_t worker, int result)
{
	struct pollfd p[2] = {{.fd = result, .events = POLLIN}, {.fd = f->stop, .events = POLLIN}};
	ssize_t n = 0;

	while (p[0].revents == 0) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents != 0 && signals_read(f->stop) > 0)
			kill(worker, SIGTERM);
	}
	n = read(result, &f->last, sizeof f->last);
	return n == (ssize_t)sizeof f->last;
}

static int run_worker(struct flush *f)
{
	int result[2], status;
	pid_t worker;

	if (pipe2(result, O_CLOEXEC) < 0)
		return err_sys(&f->ctx->err, "unable to make a pipe");
	fflush(stdout); /* lest the child print it again */
	worker = fork();
	if (worker == 0) {
		close(result[0]);
		work(f, result[1]);
	}
	close(result[1]);
	if (worker < 0) {
		close(result[0]);
		return err_sys(&f->ctx->err, "unable to fork");
	}
	if (!await(f, worker, result[0]))
		snprintf(f->last.result, sizeof f->last.result, "the delivery crashed");
	close(result[0]);
	while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* What stops us before anything could be sent is an attempt too, and qv-status should say so. */
static void keep_status(struct flush *f, int r)
{
	char text[sizeof f->ctx->err.text];

	if (r < 0)
		snprintf(f->last.result, sizeof f->last.result, "%.390s", f->ctx->err.text);
	f->last.time = time(NULL);
	snprintf(text, sizeof text, "%s", f->ctx->err.text);
	if (last_write(f->ctx, f->path, &f->last) < 0)
		ctx_warn(f->ctx, "%s: %s", f->dir, f->ctx->err.text);
	snprintf(f->ctx->err.text, sizeof f->ctx->err.text, "%s", text);
}

static int attempt(struct flush *f)
{
	int r = 0;

	if (f->o->transport == NULL && !f->o->report)
		r = find_hosts(f);
	if (r == 0)
		r = find_prefix(f);
	if (r == 0)
		r = find_lifetime(f);
	if (r == 0)
		r = run_worker(f);
	if (f->o->report)
		return r;
	keep_status(f, r);
	if (r < 0)
		return -1;
	return f->last.deferred > 0 || strncmp(f->last.result, "ok", 2) != 0 ? EXIT_TEMP : 0;
}

/* 1: a transfer is under way; 0: it is ours now. */
static int lock_customer(struct flush *f)
{
	char path[PATH_MAX + NAME_MAX];
	int r;

	f->lock = fs_open(f->ctx, below(f, "RELAYHOST", path, sizeof path), O_RDONLY);
	if (f->lock < 0)
		return -1;
	r = lock_take(f->lock, 0);
	if (r == 1)
		ctx_talk(f->ctx, "%s: a transfer is under way (pid %ld)", f->dir, (long)lock_holder(f->lock));
	return r < 0 ? err_sys(&f->ctx->err, "unable to lock %s", path) : r;
}

static int is_paused(struct flush *f)
{
	char path[PATH_MAX + NAME_MAX];
	struct stat st;
	int r = fs_stat(f->ctx, below(f, DOMAIN_PAUSED, path, sizeof path), &st);

	if (r == 0)
		ctx_talk(f->ctx, "%s: is paused", f->dir);
	return r < 0 ? -1 : r == 0;
}

static int flush_locked(struct flush *f)
{
	char path[PATH_MAX + NAME_MAX];
	int waiting, paused = is_paused(f);

	if (paused != 0)
		return paused < 0 ? -1 : 0;
	f->new = fs_dir(f->ctx, below(f, "Maildir/new", path, sizeof path));
	if (f->new < 0)
		return -1;
	f->tmp = openat(f->new, "../tmp", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	waiting = maildir_waiting(f->new);
	if (waiting < 0)
		return err_sys(&f->ctx->err, "unable to list %s", path);
	if (waiting == 0) {
		ctx_talk(f->ctx, "%s: no mail waits", f->dir);
		return 0;
	}
	return attempt(f);
}

static void close_all(struct flush *f)
{
	int fds[] = {f->new, f->tmp, f->lock, f->stop};

	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

int flush_dir(struct ctx *ctx, const struct conf *conf, const struct flush_options *o, const char *dir)
{
	struct flush f = {.ctx = ctx, .conf = conf, .o = o, .dir = dir, .new = -1, .tmp = -1, .lock = -1, .stop = -1};
	int r;

	f.stop = signals_open((const int[]){SIGTERM, 0});
	if (f.stop < 0)
		return err_sys(&ctx->err, "unable to watch for signals");
	r = absolute(&f);
	if (r == 0)
		r = lock_customer(&f);
	if (r == 0)
		r = flush_locked(&f);
	else if (r == 1)
		r = 0;
	close_all(&f);
	return r;
}
