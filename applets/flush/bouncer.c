/* bouncer - hands bounces to qmail-queue, in a process beside the sessions. */
#include "flush/bouncer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dialup/refusals.h"
#include "flush/remover.h"
#include "lib/fs.h"
#include "lib/printable.h"
#include "qmail/bounce.h"

enum { MANY = 32 /* bounces that one sync is for */ };

/* Sessions write to the same socket, each in one piece, as it is read. */
struct request {
	uint32_t item;
	struct envelope envelope;
	char intro[200], why[1200];
};

/* Messages whose bounces are queued, but perhaps not on the disk. */
struct queued {
	size_t item[MANY], n;
};

/* For qv-check. */
static void note_refusal(const struct flush *f, const struct request *q)
{
	int home = refusals_is_address(q->why) ? openat(f->new, "../..", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (home < 0)
		return;
	refusals_add(home, q->envelope.recipient, q->why);
	close(home);
}

static void keep_all(struct flush *f, const struct queued *done)
{
	char text[700];

	snprintf(text, sizeof text, "its bounce is queued, and may be sent twice: %.600s", f->ctx->err.text);
	for (size_t k = 0; k < done->n; k++)
		settle_kept(f, done->item[k], text);
}

/* One sync for all of them: it takes as long as for one. */
static void settle(struct flush *f, struct queued *done)
{
	if (done->n == 0)
		return;
	if (bounce_sync(f->ctx) < 0) {
		keep_all(f, done);
	} else {
		for (size_t k = 0; k < done->n; k++)
			settle_remove(f, done->item[k]);
		f->tally->last.bounced += (long long)done->n;
	}
	remover_push(f);
	done->n = 0;
}

/* 0; -1: it stays, ctx->err; 1: another program has taken it away. */
static int queue(struct flush *f, const struct request *q)
{
	int fd = openat(f->new, maildir_name(&f->list, q->item), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), r;
	char report[sizeof q->intro + sizeof q->why];

	if (fd < 0)
		return errno == ENOENT ? 1 : err_sys(&f->ctx->err, "unable to read it");
	snprintf(report, sizeof report, "%s%s", q->intro, q->why);
	r = bounce_send(f->ctx, f->conf, &q->envelope, report, fd);
	close(fd);
	return r;
}

static void bounce(struct flush *f, const struct request *q, struct queued *done)
{
	char text[sizeof q->why + 700];

	switch (queue(f, q)) {
	case 0:
		note_refusal(f, q);
		settle_say(f, q->item, "bounced", q->why, true);
		done->item[done->n++] = q->item;
		break;
	case 1:
		settle_gone(f, q->item, false);
		break;
	default:
		snprintf(text, sizeof text, "%s; it could not be bounced: %.600s", q->why, f->ctx->err.text);
		settle_kept(f, q->item, text);
	}
}

/* The sender is in the bounce's header. */
static bool is_clean(const char *p)
{
	while (*p != '\0' && !is_control_byte(*p))
		p++;
	return *p == '\0';
}

/* 1; 0 at the end; -1: nonsense. Who writes it talks to the network: it is read with care. */
static int take(const struct flush *f, int from, struct request *q)
{
	ssize_t n;

	while ((n = read(from, q, sizeof *q)) < 0 && errno == EINTR)
		;
	if (n == 0)
		return 0;
	if (n != (ssize_t)sizeof *q || q->item >= f->list.n)
		return -1;
	q->envelope.sender[sizeof q->envelope.sender - 1] = q->envelope.recipient[sizeof q->envelope.recipient - 1] = '\0';
	q->intro[sizeof q->intro - 1] = q->why[sizeof q->why - 1] = '\0';
	return is_clean(q->envelope.sender) ? 1 : -1;
}

static bool waits(int from)
{
	struct pollfd p = {.fd = from, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

static void serve(struct flush *f, int from)
{
	struct queued done = {.n = 0};
	struct request q;
	int r;

	f->tally = &f->tallies[FLUSH_BOUNCER];
	while ((r = take(f, from, &q)) > 0) {
		bounce(f, &q, &done);
		if (done.n == MANY || !waits(from))
			settle(f, &done);
	}
	settle(f, &done);
	f->tally->done = r == 0;
}

/* No signal ends it before all is done that it was told. */
static int be_bouncer(struct flush *f)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	close(f->bouncer); /* or it would never end */
	if (geteuid() == 0 && conf_become(f->conf) < 0)
		return -1;
	serve(f, f->bounces);
	return 0;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void complain(const struct flush *f)
{
	ctx_warn(f->ctx, "%s: nothing can be bounced: %s", f->dir, strerror(errno));
}

void bouncer_open(struct flush *f)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		complain(f);
		return;
	}
	f->bounces = ends[0];
	f->bouncer = ends[1];
}

void bouncer_is_far(struct flush *f)
{
	close_end(&f->bounces);
}

void bouncer_start(struct flush *f)
{
	f->bouncer_pid = fork();
	if (f->bouncer_pid == 0)
		_exit(be_bouncer(f) < 0);
	if (f->bouncer_pid < 0)
		complain(f);
	bouncer_is_far(f);
}

void bouncer_close(struct flush *f)
{
	bouncer_is_far(f);
	close_end(&f->bouncer);
	while (f->bouncer_pid > 0 && waitpid(f->bouncer_pid, NULL, 0) < 0 && errno == EINTR)
		;
	f->bouncer_pid = 0;
}

void bouncer_hand(struct flush *f, size_t i, const struct envelope *e, const char *intro, const char *why)
{
	struct request q = {.item = (uint32_t)i, .envelope = *e};
	char text[sizeof q.why + 100];

	snprintf(q.intro, sizeof q.intro, "%s", intro);
	snprintf(q.why, sizeof q.why, "%s", why);
	f->item[i] = ITEM_RETURNED;
	f->tallies[0].bounces = true;
	if (f->bouncer >= 0 && fs_write(f->bouncer, &q, sizeof q) == 0)
		return;
	snprintf(text, sizeof text, "%s; it could not be bounced: no process for it", why);
	settle_kept(f, i, text);
}

/* Where it came to its end, who had to hand them over did not. */
static void keep_rest(struct flush *f, bool crashed)
{
	for (size_t i = 0; i < f->list.n; i++)
		if (f->item[i] == ITEM_RETURNED)
			settle_kept(f, i, crashed ? "the process that bounces it crashed: its bounce may be sent twice"
			                          : "the delivery crashed before it could be bounced");
}

bool bouncer_end(struct flush *f)
{
	bool crashed;
	char none;

	if (f->bouncer < 0 || !f->tallies[0].bounces)
		return false;
	if (shutdown(f->bouncer, SHUT_WR) == 0)
		while (read(f->bouncer, &none, 1) < 0 && errno == EINTR)
			; /* it says nothing, and ends; else it does so when this process has ended */
	crashed = !f->tallies[FLUSH_BOUNCER].done;
	keep_rest(f, crashed);
	return crashed;
}
