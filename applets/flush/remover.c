/* remover - unlinks what was delivered, in a process beside the sessions. */
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
	BATCH = 1024,       /* removed names before the directory is synced */
	BATCH_WAIT = 1000,  /* milliseconds without a new one before it is */
};

static void remove_now(const struct flush *f, const char *name)
{
	if (unlinkat(f->new, name, 0) == 0 || errno == ENOENT)
		return;
	f->tallies[0].stuck = true;
	ctx_warn(f->ctx, "%s: message will be delivered twice: unable to unlink new/%s: %s", f->dir, name, strerror(errno));
}

/* Removes the whole names among the first n bytes. Returns the bytes of the last, torn one, moved to the front. */
static size_t remove_names(const struct flush *f, char *names, size_t n, size_t *removed)
{
	size_t at = 0;
	char *end;

	while ((end = memchr(names + at, '\0', n - at)) != NULL) {
		remove_now(f, names + at);
		(*removed)++;
		at = (size_t)(end - names) + 1;
	}
	memmove(names, names + at, n - at);
	return n - at;
}

/* One sync for many: power lost in between only repeats what was not synced. */
static void remove_all(const struct flush *f, int from)
{
	struct pollfd p = {.fd = from, .events = POLLIN};
	char names[16384];
	size_t n = 0, removed = 0;
	ssize_t r;

	for (;;) {
		if (removed >= BATCH || (removed > 0 && poll(&p, 1, BATCH_WAIT) == 0)) {
			fsync(f->new);
			removed = 0;
		}
		r = read(from, names + n, sizeof names - n);
		if (r <= 0)
			break;
		n = remove_names(f, names, n + (size_t)r, &removed);
	}
	if (removed > 0)
		fsync(f->new);
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
	int p[2];

	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	*r = (struct remover){.pipe = p[1]};
	r->pid = fork();
	if (r->pid == 0) {
		close(p[1]);
		be_remover(f, p[0]);
	}
	close(p[0]);
	if (r->pid < 0) {
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
	/* Should it have been killed, remover_end() finds out. */
	if (fs_write(r->pipe, r->name, r->n) < 0)
		ctx_warn(f->ctx, "%s: the process that removes delivered messages is gone", f->dir);
	r->n = 0;
}

void remover_add(struct flush *f, size_t i)
{
	const char *name = maildir_name(&f->list, i);
	struct remover *r = f->remover;
	size_t n = strlen(name) + 1;

	if (r == NULL) {
		remove_now(f, name);
		return;
	}
	if (r->n + n > sizeof r->name)
		remover_push(f);
	memcpy(r->name + r->n, name, n);
	r->n += n;
}

void remover_end(struct flush *f, bool crashed)
{
	struct remover *r = f->remover;
	int status = 0;

	if (r == NULL)
		return;
	remover_push(f);
	close(r->pipe);
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	f->remover = NULL;
	if (status == 0 && !crashed)
		return;
	for (size_t i = 0; i < f->list.n; i++)
		if (f->item[i] == ITEM_GONE)
			remove_now(f, maildir_name(&f->list, i));
	fsync(f->new);
}
