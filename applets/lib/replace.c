/* replace - replace a file atomically: write, fsync, rename, fsync of the directory. */
#include "lib/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/tree.h"

static int unable(struct ctx *ctx, const struct replace *r, const char *verb)
{
	return err_sys(&ctx->err, "unable to %s %s%s", verb, ctx->root, r->path);
}

static void end(struct replace *r)
{
	if (r->fd >= 0)
		close(r->fd);
	close(r->dir);
	r->fd = r->dir = -1;
}

int replace_unpark(struct ctx *ctx, struct replace *r)
{
	r->dir = fs_parent(ctx, r->path, &r->name);
	return r->dir < 0 ? -1 : 0;
}

void replace_drop(struct ctx *ctx, struct replace *r)
{
	struct err kept = ctx->err; /* keep the reason why it is dropped */

	if (r->dir >= 0 || replace_unpark(ctx, r) == 0) {
		unlinkat(r->dir, r->temp, 0);
		end(r);
	}
	ctx->err = kept;
}

/* 0: exists, its mode and owner in o; 1: does not exist; -1: cannot be replaced */
static int look(struct ctx *ctx, const struct replace *r, struct owner *o)
{
	struct stat st;

	if (fstatat(r->dir, r->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 1 : unable(ctx, r, "stat");
	if (!S_ISREG(st.st_mode))
		return err_perm(&ctx->err, "%s%s is not a regular file; put a regular file there", ctx->root, r->path);
	*o = (struct owner){st.st_mode & 0777, st.st_uid, st.st_gid};
	return 0;
}

/* O_EXCL, so that no other user's link or file is written to; remains of a crash are removed first. */
static int create(struct replace *r)
{
	int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(r->dir, r->temp, flags, 0600);

	if (fd >= 0 || errno != EEXIST)
		return fd;
	if (unlinkat(r->dir, r->temp, 0) < 0)
		return -1;
	return openat(r->dir, r->temp, flags, 0600);
}

int replace_begin(struct ctx *ctx, struct replace *r, const char *path, const struct owner *fresh)
{
	struct owner o = *fresh;

	*r = (struct replace){.fd = -1, .path = path};
	r->dir = fs_parent(ctx, path, &r->name);
	if (r->dir < 0)
		return -1;
	if (look(ctx, r, &o) < 0) {
		end(r);
		return -1;
	}
	if (fresh->uid == OWNER_WRITER)
		o = (struct owner){o.mode, (uid_t)-1, (gid_t)-1};
	tree_temp_name(ctx, r->temp, r->name);
	if (strlen(r->name) + strlen("...new") + strlen(ctx->node) > NAME_MAX + (*ctx->node == '\0')) { /* it was cut */
		end(r);
		return err_perm(&ctx->err, "%s%s: name too long", ctx->root, path);
	}
	r->fd = create(r);
	if (r->fd < 0) {
		unable(ctx, r, "create a new");
		end(r);
		return -1;
	}
	if (owner_give(ctx, r->fd, path, &o) == 0)
		return 0;
	replace_drop(ctx, r);
	return -1;
}

int replace_ready(struct ctx *ctx, struct replace *r)
{
	int fd = r->fd;

	r->fd = -1;
	if (fsync(fd) < 0) {
		unable(ctx, r, "sync a new");
		close(fd);
		return -1;
	}
	/* NFS reports write errors at close */
	return close(fd) < 0 ? unable(ctx, r, "write a new") : 0;
}

int replace_park(struct ctx *ctx, struct replace *r)
{
	int fd = r->fd;

	r->fd = -1;
	close(r->dir);
	r->dir = -1;
	return close(fd) < 0 ? unable(ctx, r, "write a new") : 0;
}

void replace_touch(const struct replace *r)
{
	if (utimensat(r->dir, r->temp, NULL, AT_SYMLINK_NOFOLLOW) < 0)
		return;
}

int replace_rename(struct ctx *ctx, struct replace *r)
{
	int result = renameat(r->dir, r->temp, r->dir, r->name) < 0 ? unable(ctx, r, "replace") : 0;

	if (result < 0)
		unlinkat(r->dir, r->temp, 0);
	end(r);
	return result;
}

int replace_show(struct ctx *ctx, struct replace *r)
{
	int result = 0;

	if (renameat(r->dir, r->temp, r->dir, r->name) < 0) {
		result = unable(ctx, r, "replace");
		unlinkat(r->dir, r->temp, 0);
	} else if (fsync(r->dir) < 0) {
		result = unable(ctx, r, "sync the directory of");
	}
	end(r);
	return result;
}

int replace_file(struct ctx *ctx, const char *path, const struct owner *fresh, const void *p, size_t n)
{
	struct replace r;

	if (replace_begin(ctx, &r, path, fresh) < 0)
		return -1;
	if (fs_write(r.fd, p, n) < 0) {
		unable(ctx, &r, "write a new");
		replace_drop(ctx, &r);
		return -1;
	}
	if (replace_ready(ctx, &r) < 0) {
		replace_drop(ctx, &r);
		return -1;
	}
	return replace_show(ctx, &r);
}
