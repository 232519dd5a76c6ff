/* bounce_send - hand a bounce to qmail-queue: message on fd 0, envelope on fd 1. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/signals.h"
#include "qmail/bounce.h"

struct queue {
	pid_t pid;
	int message, envelope; /* our ends of its pipes */
};

static void run(const char *program, int message, int envelope)
{
	/* Without close-on-exec; 0 and 1 themselves may be among the pipe's ends. */
	if (dup2(message, 0) < 0 || dup2(envelope, 1) < 0)
		_exit(120);
	signals_default();
	execl(program, program, (char *)NULL);
	_exit(120);
}

static int start(struct ctx *ctx, struct queue *q)
{
	char program[PATH_MAX];
	int m[2], e[2];

	snprintf(program, sizeof program, "%s" QMAIL_HOME "/bin/qmail-queue", ctx->root);
	if (access(program, X_OK) < 0)
		return err_sys(&ctx->err, "unable to run %s", program);
	if (pipe2(m, O_CLOEXEC) < 0)
		return err_sys(&ctx->err, "unable to make a pipe");
	if (pipe2(e, O_CLOEXEC) < 0) {
		close(m[0]);
		close(m[1]);
		return err_sys(&ctx->err, "unable to make a pipe");
	}
	q->pid = fork();
	if (q->pid == 0)
		run(program, m[0], e[0]);
	close(m[0]);
	close(e[0]);
	q->message = m[1];
	q->envelope = e[1];
	if (q->pid >= 0)
		return 0;
	close(q->message);
	close(q->envelope);
	return err_sys(&ctx->err, "unable to fork");
}

/* The copy skips the two lines that qmail-local added: bounce_text() has written its own Return-Path. */
static int copy_message(const struct envelope *e, int from, int to)
{
	off_t at = (off_t)e->head;
	char buf[32768];
	ssize_t n;

	while ((n = pread(from, buf, sizeof buf, at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || fs_write(to, buf, (size_t)n) < 0)
			return -1;
		at += n;
	}
	return 0;
}

/* "F" sender NUL "T" recipient NUL, NUL: without the last NUL qmail-queue treats the envelope as incomplete. */
static int write_envelope(const struct bounce_route *r, int to)
{
	char text[sizeof r->to + 16];
	int n = snprintf(text, sizeof text, "F%s%cT%s%c", r->from, 0, r->to, 0);

	return fs_write(to, text, (size_t)n + 1);
}

static int wait_for(struct ctx *ctx, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(&ctx->err, "unable to wait for qmail-queue");
	if (!WIFEXITED(status))
		return err_temp(&ctx->err, "qmail-queue crashed");
	if (WEXITSTATUS(status) == 0)
		return 0;
	if ((WEXITSTATUS(status) >= 11 && WEXITSTATUS(status) <= 40) || WEXITSTATUS(status) == 115)
		return err_perm(&ctx->err, "qmail-queue refused the bounce (exit %d)", WEXITSTATUS(status));
	return err_temp(&ctx->err, "qmail-queue failed (exit %d)", WEXITSTATUS(status));
}

static int feed(struct ctx *ctx, const struct conf *conf, const struct envelope *e, const struct bounce_route *r,
                const char *report, int fd, const struct queue *q)
{
	struct buf text = BUF(16384);
	int result;

	bounce_text(&text, conf, r, e, report, time(NULL));
	result = buf_failed(&text) ? -1 : fs_write(q->message, text.p, text.len);
	buf_free(&text);
	if (result == 0)
		result = copy_message(e, fd, q->message);
	return result < 0 ? err_sys(&ctx->err, "unable to hand the bounce to qmail-queue") : 0;
}

pid_t bounce_queue(struct ctx *ctx, const struct conf *conf, const struct bounce_route *r, const struct envelope *e,
                   const char *report, int fd)
{
	struct queue q = {0};
	int fed, ended;

	if (start(ctx, &q) < 0)
		return -1;
	fed = feed(ctx, conf, e, r, report, fd, &q);
	close(q.message);
	/* A partly copied message gets no envelope, so that qmail-queue discards it. */
	if (fed == 0)
		fed = write_envelope(r, q.envelope);
	close(q.envelope);
	ended = wait_for(ctx, q.pid);
	return fed < 0 || ended < 0 ? -1 : q.pid;
}

int bounce_sync(struct ctx *ctx)
{
	char queue[PATH_MAX];
	int fd, r;

	snprintf(queue, sizeof queue, "%s" QMAIL_HOME "/queue", ctx->root);
	fd = open(queue, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && (errno == EACCES || errno == ENOENT)) {
		sync(); /* it is closed to us, or elsewhere: all file systems */
		return 0;
	}
	if (fd < 0)
		return err_sys(&ctx->err, "unable to open %s", queue);
	r = syncfs(fd) < 0 ? err_sys(&ctx->err, "unable to sync %s", queue) : 0;
	close(fd);
	return r;
}

int bounce_send(struct ctx *ctx, const struct conf *conf, const struct envelope *e, const char *report, int fd)
{
	struct bounce_route r;

	bounce_route(conf, e->sender, &r);
	return *r.to == '\0' || bounce_queue(ctx, conf, &r, e, report, fd) > 0 ? 0 : -1;
}
