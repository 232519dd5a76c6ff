/* owner - mode and owner of a new file or directory. */
#include "lib/owner.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static int change_owner(struct ctx *ctx, int fd, const char *path, const struct owner *o, const struct stat *st)
{
	unsigned uid = o->uid != (uid_t)-1 ? o->uid : st->st_uid, gid = o->gid != (gid_t)-1 ? o->gid : st->st_gid;

	if ((uid == st->st_uid && gid == st->st_gid) || fchown(fd, uid, gid) == 0)
		return 0;
	if (errno == EINVAL)
		return err_perm(&ctx->err, "unable to give %s%s to uid %u, gid %u: this user namespace has no such id", ctx->root,
		                path, uid, gid);
	return err_sys(&ctx->err, "unable to give %s%s to uid %u, gid %u", ctx->root, path, uid, gid);
}

int owner_give(struct ctx *ctx, int fd, const char *path, const struct owner *o)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(&ctx->err, "unable to stat %s%s", ctx->root, path);
	if (change_owner(ctx, fd, path, o, &st) < 0)
		return -1;
	return fchmod(fd, o->mode) < 0 ? err_sys(&ctx->err, "unable to set the mode of %s%s", ctx->root, path) : 0;
}
