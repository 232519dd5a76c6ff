/* client - one run of the client: names to it, answers from it, both at once. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/error_str.h"
#include "lib/signals.h"
#include "serial/internal.h"

enum { TEXT_MAX = 2000 /* bytes of an answer's text that are kept, as of the original */ };

/* What the client says, cut anywhere: name NUL verdict text LF. */
struct answer {
	enum { IN_NAME, IN_VERDICT, IN_TEXT } at;
	char name[PATH_MAX + 1]; /* longer than any of ours: then it is none */
	size_t name_n;
	char verdict;
	char text[TEXT_MAX + 1];
	size_t text_n;
};

struct run {
	struct serial *s;
	pid_t pid;
	int names, answers; /* our ends of the pipes; -1: closed */
	struct buf text;    /* all names, each with its NUL */
	size_t at;          /* how far they are written */
	long heard;
	struct answer answer;
};

static void keep(char *to, size_t max, size_t *n, char c)
{
	if (*n < max)
		to[(*n)++] = c;
}

/* True: an answer is whole. */
static bool hear(struct answer *a, char c)
{
	switch (a->at) {
	case IN_NAME:
		if (c == '\0')
			a->at = IN_VERDICT;
		else
			keep(a->name, PATH_MAX, &a->name_n, c);
		return false;
	case IN_VERDICT:
		a->verdict = c;
		a->at = IN_TEXT;
		return false;
	case IN_TEXT:
		if (c == '\n')
			return true;
		keep(a->text, TEXT_MAX, &a->text_n, c);
		return false;
	}
	return false;
}

static void take(struct run *r)
{
	char buf[8192];
	ssize_t n = read(r->answers, buf, sizeof buf);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0)
		ctx_warn(r->s->ctx, "unable to read the client's answers: %s; what was accepted meanwhile will arrive twice", error_str(errno));
	if (n <= 0) {
		close(r->answers);
		r->answers = -1;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (!hear(&r->answer, buf[i]))
			continue;
		r->answer.name[r->answer.name_n] = '\0';
		r->answer.text[r->answer.text_n] = '\0';
		r->heard += serial_answer(r->s, r->answer.name, r->answer.verdict, r->answer.text);
		r->answer = (struct answer){0};
	}
}

static void close_names(struct run *r)
{
	close(r->names);
	r->names = -1;
}

/* A client that wants no more names is not forced: what it leaves, it says by what it answers. */
static void give(struct run *r)
{
	ssize_t n = write(r->names, r->text.p + r->at, r->text.len - r->at);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		r->at += (size_t)n;
	if (n < 0 || r->at == r->text.len)
		close_names(r);
}

static void close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

/* A client of our own image is no exec, which would close the parent's ends: with them open its names never ended. */
static void child(struct serial *s, const int names[2], const int answers[2])
{
	int code = -1;

	if (dup2(names[0], 0) >= 0 && dup2(answers[1], 1) >= 0) {
		close_pair(names);
		close_pair(answers);
		signals_default();
		code = s->client(s->ctx, s->arg);
	} else {
		err_temp(&s->ctx->err, "unable to set up descriptors: %s", error_str(errno));
	}
	if (code < 0)
		code = ctx_fatal(s->ctx);
	_exit(code);
}

static int start(struct run *r)
{
	int names[2], answers[2];

	if (pipe2(names, O_CLOEXEC) < 0)
		return err_temp(&r->s->ctx->err, "unable to create pipe: %s", error_str(errno));
	if (pipe2(answers, O_CLOEXEC) < 0) {
		err_temp(&r->s->ctx->err, "unable to create pipe: %s", error_str(errno));
		close_pair(names);
		return -1;
	}
	r->pid = fork();
	if (r->pid == 0)
		child(r->s, names, answers);
	close(names[0]);
	close(answers[1]);
	r->names = names[1];
	r->answers = answers[0];
	fcntl(r->names, F_SETFL, O_NONBLOCK);
	if (r->pid > 0)
		return 0;
	err_temp(&r->s->ctx->err, "unable to fork: %s", error_str(errno));
	close_names(r);
	close(r->answers);
	return -1;
}

/* Until the client, and whoever has its descriptors from it, has heard and said all. */
static void converse(struct run *r)
{
	while (r->answers >= 0 || r->names >= 0) {
		struct pollfd p[2] = {{.fd = r->answers, .events = POLLIN}, {.fd = r->names, .events = POLLOUT}};

		serial_sync_due(r->s);
		if (poll(p, 2, serial_sync_ms(r->s)) < 0) {
			clock_pause();
			continue;
		}
		if (p[0].revents != 0)
			take(r);
		if (p[1].revents != 0)
			give(r);
	}
}

static int write_names(struct run *r)
{
	char name[PATH_MAX];

	for (size_t i = 0; i < r->s->n; i++) {
		serial_name(&r->s->item[i], name);
		buf_add(&r->text, name, strlen(name) + 1);
	}
	return buf_failed(&r->text) ? err_temp(&r->s->ctx->err, "out of memory; what was accepted meanwhile will arrive twice") : 0;
}

static int await(const struct run *r, int *status)
{
	while (waitpid(r->pid, status, 0) < 0)
		if (errno != EINTR)
			return err_temp(&r->s->ctx->err, "unable to get client status: %s", error_str(errno));
	return 0;
}

long serial_client(struct serial *s, int *status)
{
	struct run r = {.s = s, .text = BUF(1 << 30)};
	int ended = -1;

	if (write_names(&r) == 0 && start(&r) == 0) {
		converse(&r);
		serial_sync(s);
		ended = await(&r, status);
	}
	buf_free(&r.text);
	return ended < 0 ? -1 : r.heard;
}
