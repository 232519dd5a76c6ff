/* look - a running master, as another process sees it by its lock. */
#include <unistd.h>

#include "lib/lock.h"
#include "master/master.h"
#include "qmail/nodes.h"

/* Without the mark, which not every file system can have, whoever has the lock is taken for one. */
static int find(struct ctx *ctx, const char *path, int lock, int marks, struct master_seen *seen)
{
	pid_t other;

	seen->stays = lock_marked(marks, MASTER_STAYS, &seen->pid) == LOCK_HELD;
	seen->beat = lock_said(marks, LOCK_TIME);
	if (seen->stays || lock_marked(marks, MASTER_PASSES, &other) == LOCK_HELD)
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
	return err_temp(&ctx->err, "unable to see whether %s%s is locked", ctx->root, path);
}

int master_look(struct ctx *ctx, struct master_seen *seen)
{
	char path[NODES_PATH];
	struct lockfile lock;
	int r = lockfile_look(ctx, &lock, nodes_master_lock(ctx, path)), marks = -1;

	*seen = (struct master_seen){0};
	if (r == 0) {
		marks = nodes_marks(ctx, &lock, false);
		r = find(ctx, path, lock.fd, marks, seen);
	}
	if (marks >= 0 && marks != lock.fd)
		close(marks);
	lockfile_drop(&lock);
	return r < 0 ? -1 : 0;
}
