/* look - a running master, as another process sees it by its lock. */
#include "lib/lock.h"
#include "master/master.h"

/* Without the mark, which not every file system can have, whoever has the lock is taken for one. */
static int find(struct ctx *ctx, int lock, struct master_seen *seen)
{
	pid_t other;

	seen->stays = lock_marked(lock, MASTER_STAYS, &seen->pid) == LOCK_HELD;
	seen->beat = lock_said(lock);
	if (seen->stays || lock_marked(lock, MASTER_PASSES, &other) == LOCK_HELD)
		return 0;
	switch (lock_look(lock, &seen->pid)) {
	case LOCK_HELD:
		seen->stays = true;
		return 0;
	case LOCK_FREE:
		return 0;
	case LOCK_UNKNOWN:
		break;
	}
	return err_temp(&ctx->err, "unable to see whether %s" MASTER_LOCK " is locked", ctx->root);
}

int master_look(struct ctx *ctx, struct master_seen *seen)
{
	struct lockfile lock;
	int r = lockfile_look(ctx, &lock, MASTER_LOCK);

	*seen = (struct master_seen){0};
	if (r == 0)
		r = find(ctx, lock.fd, seen);
	lockfile_drop(&lock);
	return r < 0 ? -1 : 0;
}
