/* remover - unlinks what was delivered, in processes beside the sessions, and syncs the directory. */
#include "flush/remover.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fs.h"

enum {
	SYNC_AFTER_MS = 500,    /* since the oldest removal that is not synced: with the sync itself, within a second */
	ROOM_MS = 60000,        /* no sync takes that long: a process was killed and took its tokens along */
	SPARE = 16,             /* this part of the tokens may be with the sessions, unused */
	NAP_MS = 1,             /* of the syncer, when removals come in quick succession */
	QUICK = 8,
	FEW = 8,                /* messages: no more need no process */
	MANY = 64,              /* fewer need one */
	REMOVER_TAKE = 8,       /* messages that one process takes at once */
	PAGE = 4096,
};

/* The pipes in which a removal goes round; -1: closed here. */
struct circle {
	int removers[2], syncer[2], room[2]; /* to whom each leads; room: back to the sessions */
};

static void remove_now(struct flush *f, size_t i)
{
	const char *name = maildir_name(&f->list, i);

	flush_note_gone(f, i);
	if (unlinkat(f->new, name, 0) < 0 && errno != ENOENT) {
		f->tallies[0].stuck = true;
		ctx_warn(f->ctx, "%s: message will be delivered twice: unable to unlink new/%s: %s", f->dir, name, strerror(errno));
	}
	f->item[i] = ITEM_REMOVED;
}

/* When it fails, what was to be written is gone, even if the next one succeeds. */
static void sync_removals(const struct flush *f)
{
	if (maildir_sync(f->new) == 0)
		return;
	if (!f->tallies[0].unsynced)
		ctx_warn(f->ctx, "%s: delivered messages may be delivered again after a power cut: unable to sync Maildir/new: %s",
		         f->dir, strerror(errno));
	f->tallies[0].unsynced = true;
}

static ssize_t take(int from, void *to, size_t n)
{
	ssize_t got;

	while ((got = read(from, to, n)) < 0 && errno == EINTR)
		;
	return got;
}

/* What nobody came to hand over. */
static void remove_rest(struct flush *f)
{
	for (size_t i = 0; i < f->list.n; i++)
		if (f->item[i] == ITEM_GONE)
			remove_now(f, i);
}

/* Who hands them over talks to the network: a number may be that of no message. 0 or -1. */
static int remove_all(struct flush *f, int from, int to)
{
	union removal batch[REMOVER_TAKE];
	int r = 0;
	ssize_t n;

	while (r == 0 && (n = take(from, batch, sizeof batch)) > 0) {
		for (size_t i = 0; i < (size_t)n / sizeof *batch; i++)
			if (batch[i].item < f->list.n)
				remove_now(f, batch[i].item);
		r = fs_write(to, batch, (size_t)n / sizeof *batch);
	}
	return r < 0 || n < 0 ? -1 : 0;
}

/*
 * One sync for many: when a quarter of the tokens is here, so that the sessions need not wait for room meanwhile, or the
 * oldest for long enough. 0 or -1.
 */
static int sync_all(const struct flush *f, int from, int to, size_t many)
{
	struct pollfd p = {.fd = from, .events = POLLIN};
	char removed[SMTP_WINDOW];
	int64_t oldest = 0, synced = clock_ms();
	size_t n = 0;
	ssize_t more;

	for (;;) {
		int64_t left = oldest + SYNC_AFTER_MS - clock_ms();

		if (n > 0 && (n >= many || left <= 0 || poll(&p, 1, (int)left) <= 0)) {
			synced = clock_ms();
			sync_removals(f);
			fs_write(to, removed, n); /* EPIPE: the sessions have ended */
			n = 0;
		}
		if (n >= QUICK && n < many)
			clock_nap(NAP_MS);
		/* What has come during a sync may be as old as the sync. */
		if (n == 0)
			oldest = poll(&p, 1, 0) > 0 ? synced : poll(&p, 1, -1) > 0 ? clock_ms() : 0;
		more = take(from, removed + n, sizeof removed - n);
		if (more <= 0)
			break;
		n += (size_t)more;
	}
	if (n > 0)
		sync_removals(f);
	return more < 0 ? -1 : 0;
}

static void close_all(struct circle *c)
{
	int *fd[] = {&c->removers[0], &c->removers[1], &c->syncer[0], &c->syncer[1], &c->room[0], &c->room[1]};

	for (size_t i = 0; i < sizeof fd / sizeof *fd; i++) {
		if (*fd[i] >= 0)
			close(*fd[i]);
		*fd[i] = -1;
	}
}

static int keep_end(int *fd)
{
	int kept = *fd;

	*fd = -1;
	return kept;
}

/* No signal ends them before their pipe is empty: what they were told is delivered already. */
static int be_remover(struct flush *f, struct circle *c)
{
	int from = keep_end(&c->removers[0]), to = keep_end(&c->syncer[1]);

	close_all(c);
	if (remove_all(f, from, to) < 0)
		return -1;
	remove_rest(f);
	return 0;
}

static size_t tokens(const struct flush *f)
{
	size_t window = f->o->window.messages;

	return window == 0 || window > SMTP_WINDOW ? SMTP_WINDOW : window;
}

static int be_syncer(struct flush *f, struct circle *c)
{
	int from = keep_end(&c->syncer[0]), to = keep_end(&c->room[1]);

	close_all(c);
	return sync_all(f, from, to, (tokens(f) + 3) / 4);
}

static bool begin(struct flush *f, struct remover *r, struct circle *c, int (*be)(struct flush *f, struct circle *c))
{
	pid_t pid = fork();
	sigset_t all;

	if (pid == 0) {
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		_exit(be(f, c) < 0);
	}
	if (pid > 0)
		r->pid[r->started++] = pid;
	return pid > 0;
}

static int open_circle(const struct flush *f, struct circle *c)
{
	static const char all[SMTP_WINDOW];

	*c = (struct circle){{-1, -1}, {-1, -1}, {-1, -1}};
	if (pipe2(c->removers, O_CLOEXEC) < 0 || pipe2(c->syncer, O_CLOEXEC) < 0 || pipe2(c->room, O_CLOEXEC) < 0)
		return -1;
	fcntl(c->removers[1], F_SETPIPE_SZ, PAGE);
	fcntl(c->room[0], F_SETFL, O_NONBLOCK); /* many wait for the same token */
	return fs_write(c->room[1], all, tokens(f));
}

/* Did all of them come to their end? */
static bool await(const struct remover *r)
{
	bool all = true;

	for (size_t k = 0; k < r->started; k++) {
		int status = 0;

		while (waitpid(r->pid[k], &status, 0) < 0 && errno == EINTR)
			;
		all &= status == 0;
	}
	return all;
}

int remover_start(struct flush *f, struct remover *r)
{
	size_t n = f->list.n < MANY ? 1 : REMOVERS;
	struct circle c;
	int errnum;

	if (f->list.n <= FEW && f->list.n <= tokens(f))
		return 0;
	*r = (struct remover){.pipe = -1, .room = -1};
	if (open_circle(f, &c) == 0 && begin(f, r, &c, be_syncer)) {
		while (r->started <= n && begin(f, r, &c, be_remover))
			;
		if (r->started > 1) {
			r->pipe = keep_end(&c.removers[1]);
			r->room = keep_end(&c.room[0]);
			f->remover = r;
		}
	}
	errnum = errno;
	close_all(&c);
	if (f->remover == NULL)
		await(r);
	errno = errnum;
	return f->remover == NULL ? -1 : 0;
}

/* Tokens that a session may take at once beyond those that it needs: some for now, without keeping others waiting. */
static size_t spare(const struct flush *f)
{
	return tokens(f) / SPARE / f->o->connections;
}

/* So many of n removals that may be handed over; as much as there is, lest two sessions wait for each other's. */
static size_t take_room(const struct flush *f, size_t n)
{
	struct remover *m = f->remover;
	struct pollfd p = {.fd = m->room, .events = POLLIN};
	int64_t end = clock_ms() + ROOM_MS, left = ROOM_MS;
	char taken[SMTP_WINDOW];

	while (m->tokens == 0 && !f->tallies[0].unsynced && left > 0) {
		ssize_t got = read(p.fd, taken, n + spare(f));

		/* Another session may be quicker. */
		if (got < 0 && errno == EAGAIN)
			got = poll(&p, 1, (int)left) < 0 ? -1 : 0;
		else if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			break;
		m->tokens += got > 0 ? (size_t)got : 0;
		left = end - clock_ms();
	}
	if (m->tokens > 0) {
		n = m->tokens < n ? m->tokens : n;
		m->tokens -= n;
		return n;
	}
	if (!f->tallies[0].unsynced)
		ctx_warn(f->ctx, "%s: no removal from Maildir/new was synced for %d seconds, or a process that removes has died", f->dir, ROOM_MS / 1000);
	f->tallies[0].unsynced = true;
	return n;
}

void remover_push(struct flush *f)
{
	struct remover *r = f->remover;
	size_t done = 0, n;

	if (r == NULL && f->removed != 0)
		sync_removals(f);
	f->removed = 0;
	for (; r != NULL && done < r->n; done += n) {
		n = take_room(f, r->n - done);
		/* remover_end() does it then, perhaps in another process. */
		if (n > 0 && fs_write(r->pipe, r->batch + done, n * sizeof *r->batch) < 0) {
			f->tallies[0].unremoved = true;
			ctx_warn(f->ctx, "%s: unable to reach the process that removes delivered messages: %s", f->dir, strerror(errno));
		}
	}
	if (r != NULL)
		r->n = 0;
}

bool remover_may_hold(const struct flush *f)
{
	if (f->remover == NULL)
		return f->removed != 0 && clock_ms() - f->removed < SYNC_AFTER_MS;
	return f->remover->n > 0 && f->remover->n < REMOVER_FEW;
}

void remover_add(struct flush *f, size_t i)
{
	struct remover *r = f->remover;

	if (r == NULL) {
		remove_now(f, i);
		if (f->removed == 0)
			f->removed = clock_ms();
		return;
	}
	r->batch[r->n++].item = (uint32_t)i;
	if (r->n == REMOVER_BATCH)
		remover_push(f);
}

void remover_end(struct flush *f, bool crashed)
{
	struct remover *r = f->remover;

	remover_push(f);
	if (r != NULL) {
		close(r->pipe);
		close(r->room);
		f->remover = NULL;
		crashed |= !await(r);
	}
	if (!crashed && !f->tallies[0].unremoved)
		return;
	remove_rest(f);
	sync_removals(f);
}
