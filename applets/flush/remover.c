/* remover - unlinks what was delivered, in processes beside the sessions. */
#include "flush/remover.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/fs.h"

enum {
	SYNC_AFTER = 1024,      /* removed messages, or */
	SYNC_AFTER_MS = 1000,   /* milliseconds without another one: the directory is synced */
	MANY = 64,              /* messages: fewer need one process */
	REMOVER_TAKE = 8,       /* messages that one process takes at once */
	PAGE = 4096,
};

static void remove_now(const struct flush *f, size_t i)
{
	const char *name = maildir_name(&f->list, i);

	if (unlinkat(f->new, name, 0) == 0 || errno == ENOENT)
		return;
	f->tallies[0].stuck = true;
	ctx_warn(f->ctx, "%s: message will be delivered twice: unable to unlink new/%s: %s", f->dir, name, strerror(errno));
}

/* One sync for many: power lost in between only repeats what was not synced. */
static void remove_all(const struct flush *f, int from)
{
	struct pollfd p = {.fd = from, .events = POLLIN};
	union removal todo[REMOVER_TAKE];
	size_t removed = 0;
	ssize_t n;

	for (;;) {
		if (removed >= SYNC_AFTER || (removed > 0 && poll(&p, 1, SYNC_AFTER_MS) == 0)) {
			fsync(f->new);
			removed = 0;
		}
		n = read(from, todo, sizeof todo);
		if (n <= 0)
			return;
		for (size_t i = 0; i < (size_t)n / sizeof *todo; i++, removed++)
			remove_now(f, todo[i].item);
	}
}

/* No signal ends it before its pipe is empty: what it was told is delivered already. */
static void be_remover(const struct flush *f, int from)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	remove_all(f, from);
	_exit(0);
}

int remover_start(struct flush *f, struct remover *r)
{
	size_t n = f->list.n < MANY ? 1 : REMOVERS;
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	fcntl(p[1], F_SETPIPE_SZ, PAGE);
	*r = (struct remover){.pipe = p[1]};
	for (; r->started < n; r->started++) {
		pid_t pid = fork();

		if (pid == 0) {
			close(p[1]);
			be_remover(f, p[0]);
		}
		if (pid < 0)
			break;
		r->pid[r->started] = pid;
	}
	close(p[0]);
	if (r->started == 0) {
		close(p[1]);
		return -1;
	}
	f->remover = r;
	return 0;
}

void remover_push(struct flush *f)
{
	struct remover *r = f->remover;

	if (r == NULL || r->n == 0)
		return;
	/* Should they have been killed, remover_end() finds out. */
	if (fs_write(r->pipe, r->todo, r->n * sizeof *r->todo) < 0)
		ctx_warn(f->ctx, "%s: the process that removes delivered messages has died", f->dir);
	r->n = 0;
}

void remover_add(struct flush *f, size_t i)
{
	struct remover *r = f->remover;

	if (r == NULL) {
		remove_now(f, i);
		return;
	}
	r->todo[r->n++].item = (uint32_t)i;
	if (r->n == REMOVER_BATCH)
		remover_push(f);
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

void remover_end(struct flush *f, bool crashed)
{
	struct remover *r = f->remover;

	if (r == NULL)
		return;
	remover_push(f);
	close(r->pipe);
	f->remover = NULL;
	if (!await(r) || crashed)
		for (size_t i = 0; i < f->list.n; i++)
			if (f->item[i] == ITEM_GONE)
				remove_now(f, i);
	fsync(f->new);
}
