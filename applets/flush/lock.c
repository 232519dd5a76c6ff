/* lock - as root: lock RELAYHOST and the mail, see that nobody has paused it and that mail waits. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "dialup/mail_lock.h"
#include "dialup/marks.h"
#include "flush/internal.h"
#include "lib/fs.h"
#include "lib/fs_walk.h"
#include "lib/held.h"
#include "lib/lock.h"

/* fd: what another process has locked. */
static void is_under_way(struct flush *f, int fd)
{
	char who[40];

	ctx_verbose(f->ctx, "%s: a transfer is under way (%s)", f->dir, lock_named(fd, who, sizeof who));
}

/* Any user may open RELAYHOST and lock it, but not what lock_mail() locks: that is what keeps our own flushes apart. */
static int lock_again(struct flush *f)
{
	pid_t holder;
	int r = lock_retake(f->lock, f->conf->uid, &holder);

	if (r == 2)
		ctx_warn(f->ctx, "%s: RELAYHOST is locked by a process of another user (pid %ld), which does not count", f->dir, (long)holder);
	return r == 1;
}

static int lock_customer(struct flush *f)
{
	char path[PATH_MAX + NAME_MAX];
	int r = relayhost_lock(f->ctx, flush_below(f, "RELAYHOST", path, sizeof path), &f->lock);

	if (r == 1)
		is_under_way(f, f->lock);
	return r == 1 ? lock_again(f) : r;
}

/* An editor that saves RELAYHOST puts another file in its place, and the lock on the old one is nobody's any more. */
static int lock_mail(struct flush *f)
{
	char path[PATH_MAX + NAME_MAX];
	int r;

	f->new = fs_dir(f->ctx, flush_below(f, "Maildir/new", path, sizeof path));
	r = f->new < 0 ? -1 : mail_lock(f->new, &f->guard);
	if (r == 1)
		is_under_way(f, f->guard >= 0 ? f->guard : f->new);
	return r < 0 && f->new >= 0 ? err_sys(&f->ctx->err, "unable to lock %s", path) : r;
}

static int is_paused(struct flush *f)
{
	char path[PATH_MAX + NAME_MAX];
	struct stat st;
	int r = fs_stat(f->ctx, flush_below(f, DOMAIN_PAUSED, path, sizeof path), &st);

	if (r == 0)
		ctx_verbose(f->ctx, "%s: is paused", f->dir);
	return r < 0 ? -1 : r == 0;
}

/* Nothing is sent, so nothing is locked: for what run.c does in the end. */
static void open_paused(struct flush *f)
{
	char path[PATH_MAX + NAME_MAX];
	struct err kept = f->ctx->err;

	f->new = fs_dir(f->ctx, flush_below(f, "Maildir/new", path, sizeof path));
	f->ctx->err = kept;
}

int flush_lock(struct flush *f, enum flush_ready *ready)
{
	int r, waiting;

	/* Seven files of it are looked at. Where it cannot be opened, they say so. */
	held_take(f->ctx, &f->home, f->path, fs_walk(f->ctx, f->path, strlen(f->path)));
	r = lock_customer(f);
	*ready = FLUSH_BUSY;
	if (r == 0) {
		*ready = FLUSH_PAUSED;
		r = is_paused(f);
		if (r == 1)
			open_paused(f);
	}
	if (r == 0) {
		*ready = FLUSH_BUSY;
		r = lock_mail(f);
	}
	if (r != 0)
		return r < 0 ? -1 : 0;
	f->tmp = openat(f->new, "../tmp", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	waiting = maildir_waiting(f->new);
	if (waiting < 0)
		return err_sys(&f->ctx->err, "unable to list %s/Maildir/new", f->path);
	*ready = waiting > 0 ? FLUSH_READY : FLUSH_NOTHING;
	return 0;
}
