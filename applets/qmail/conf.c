/* conf - where things are and who owns them, from control/qv-* and qmail's own control files. */
#include "qmail/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/lock.h"
#include "lib/opt.h"
#include "qmail/passwd.h"

enum { TEXT = 256, DIGITS = 32 /* bytes that a value may have */ };

/* path's first line; dir: where it is, open, or -1. */
static int line(struct ctx *ctx, int dir, const char *path, char *to, size_t size)
{
	struct buf b = BUF(CONTROL_MAX);
	int r = dir < 0 ? fs_slurp(ctx, path, &b, NULL) : fs_slurp_at(ctx, dir, strrchr(path, '/') + 1, path, &b, NULL);
	size_t n;

	if (r == 0) {
		n = strcspn(buf_text(&b), "\n");
		while (n > 0 && strchr(" \t", b.p[n - 1]) != NULL)
			n--;
		if (n >= size)
			r = err_perm(&ctx->err, "%s%s:1: more than %zu bytes", ctx->root, path, size - 1);
		else
			snprintf(to, size, "%.*s", (int)n, buf_text(&b));
	}
	buf_free(&b);
	return r;
}

int conf_line(struct ctx *ctx, const char *name, char *to, size_t size)
{
	char path[128];

	snprintf(path, sizeof path, QMAIL_CONTROL "%s", name);
	return line(ctx, -1, path, to, size);
}

static void copy(char *to, size_t size, const char *from)
{
	size_t n = strnlen(from, size - 1);

	memcpy(to, from, n);
	to[n] = '\0';
}

static void text(struct conf *c, const struct control *k, const char *said)
{
	char *to = (char *)c + k->to;

	copy(to, k->size, said);
	if (*to == '\0' && k->as != NULL)
		copy(to, k->size, (char *)c + control_find(k->as)->to);
	if (*to == '\0' && k->fallback != NULL)
		copy(to, k->size, k->fallback);
}

static int seconds(struct ctx *ctx, struct conf *c, const struct control *k, const char *said)
{
	if (opt_seconds(said, (void *)((char *)c + k->to)) < 0)
		return err_perm(&ctx->err, "%s%s:1: invalid number of seconds \"%s\": expected 0 to %d, such as 2 or 0.1", ctx->root,
		                k->path, said, OPT_SECONDS_MAX);
	return 0;
}

static int number(struct ctx *ctx, struct conf *c, const struct control *k, const char *said)
{
	if (opt_number(said, INT32_MAX, (void *)((char *)c + k->to)) < 0)
		return err_perm(&ctx->err, "%s%s:1: invalid number \"%s\": expected 0 to 2147483647", ctx->root, k->path, said);
	return 0;
}

static int directory(struct ctx *ctx, struct conf *c, const struct control *k, const char *said)
{
	char *to = (char *)c + k->to;
	size_t n;

	text(c, k, said);
	for (n = strlen(to); n > 1 && to[n - 1] == '/'; n--)
		to[n - 1] = '\0';
	if (to[0] != '/' || n < 2 || strstr(to, "/..") != NULL || strchr(to, ':') != NULL)
		return err_perm(&ctx->err, "%s%s:1: invalid directory \"%s\": expected an absolute path without .. and :",
		                ctx->root, k->path, to);
	return 0;
}

/* It may be a link: some distributions keep the files in /etc/qmail. Open, or -1. */
static int open_home(struct ctx *ctx)
{
	int dir = fs_dir(ctx, QMAIL_HOME "/control");

	if (dir < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_perm(&ctx->err, "%s" QMAIL_HOME "/control: no such directory; install qmail there first",
		                ctx->root);
	return dir;
}

static int load(struct ctx *ctx, int dir, struct conf *c, const struct control *k)
{
	bool words = k->kind == CONTROL_LINE || k->kind == CONTROL_DIR;
	char said[TEXT] = "";

	if (line(ctx, dir, k->path, said, words ? k->size : DIGITS) < 0)
		return -1;
	if (!words && *said == '\0')
		copy(said, sizeof said, k->fallback);
	switch (k->kind) {
	case CONTROL_LINE:
		text(c, k, said);
		break;
	case CONTROL_NUMBER:
		return number(ctx, c, k, said);
	case CONTROL_SECONDS:
		return seconds(ctx, c, k, said);
	case CONTROL_DIR:
		return directory(ctx, c, k, said);
	case CONTROL_LIST:
	case CONTROL_MAP:
	case CONTROL_CDB:
		break;
	}
	return 0;
}

int conf_load(struct ctx *ctx, struct conf *c)
{
	int dir = open_home(ctx), r = 0;

	*c = (struct conf){.uid = (uid_t)-1, .gid = (gid_t)-1};
	if (dir < 0)
		return -1;
	for (const struct control *k = controls; r == 0 && k->path != NULL; k++)
		if (k->size > 0)
			r = load(ctx, dir, c, k);
	close(dir);
	snprintf(c->bounces_to, sizeof c->bounces_to, "%.126s@%.126s", c->doublebounceto, c->doublebouncehost);
	return r;
}

/* "UID:GID", for trees under --root whose passwd does not list the user */
static int numeric(const char *s, struct conf *c)
{
	const char *colon = strchr(s, ':');
	char uid[32];
	long u, g;

	if (colon == NULL || (size_t)(colon - s) >= sizeof uid)
		return -1;
	snprintf(uid, sizeof uid, "%.*s", (int)(colon - s), s);
	if (opt_number(uid, INT32_MAX, &u) < 0 || opt_number(colon + 1, INT32_MAX, &g) < 0)
		return -1;
	c->uid = (uid_t)u;
	c->gid = (gid_t)g;
	return 0;
}

static int in_passwd(const struct buf *passwd, struct conf *c)
{
	struct passwd_user u;

	if (!passwd_find(buf_text(passwd), passwd->len, c->popuser, &u))
		return -1;
	c->uid = u.uid;
	c->gid = u.gid;
	return 0;
}

int conf_popuser(struct ctx *ctx, struct conf *c)
{
	struct buf b = BUF(CONTROL_MAX);
	int r = 0;

	if (numeric(c->popuser, c) < 0) {
		if (fs_slurp(ctx, "/etc/passwd", &b, NULL) < 0)
			r = -1;
		else if (in_passwd(&b, c) < 0)
			r = err_perm(&ctx->err,
			             "%s/etc/passwd: user %s, the owner of all mail, does not exist; create it (a line such as "
			             "%s:x:510:51::/home/popmail:/bin/false), or put another user or UID:GID into " QMAIL_CONTROL
			             "qv-popuser",
			             ctx->root, c->popuser, c->popuser);
	}
	buf_free(&b);
	if (r == 0 && c->uid == 0)
		r = err_perm(&ctx->err, "%s" QMAIL_CONTROL "qv-popuser: %s is root, and qmail never delivers as root; name another user",
		             ctx->root, c->popuser);
	return r;
}

int conf_become(const struct conf *c)
{
	if (geteuid() == 0 && setgroups(1, &c->gid) < 0)
		return -1;
	return setgid(c->gid) < 0 || setuid(c->uid) < 0 ? -1 : 0;
}

static int held(struct ctx *ctx, const struct lockfile *l)
{
	long holder = (long)lock_holder(l->fd);
	char command[200];

	if (l->shared) {
		netfs_signed(l->fd, command, sizeof command);
		if (*command != '\0')
			return err_temp(&ctx->err, "another administrator's command is at work: %s holds the lock on %s" CONF_LOCK,
			                command, ctx->root);
	}
	lock_command((pid_t)holder, command, sizeof command);
	if (holder > 0)
		return err_temp(&ctx->err, "another administrator's command is at work: pid %ld%s%s%s holds the lock on %s" CONF_LOCK,
		                holder, *command != '\0' ? " (" : "", command, *command != '\0' ? ")" : "", ctx->root);
	return err_temp(&ctx->err,
	                "another administrator's command is at work: the lock on %s" CONF_LOCK " is held; "
	                "fuser -v %s" CONF_LOCK " shows by which process",
	                ctx->root, ctx->root);
}

static void begin_shared(struct ctx *ctx, int fd)
{
	netfs_name(ctx->node);
	netfs_sign(fd);
	netfs_settle();
}

/* A lock in a directory of this machine alone keeps nobody else from what all have mounted. */
static int all_mounted(struct ctx *ctx, const struct lockfile *l)
{
	struct err kept = ctx->err;
	int fd = l->shared ? -1 : fs_dir(ctx, QMAIL_CONTROL), r = 0;

	ctx->err = kept;
	if (fd >= 0 && netfs_is(fd))
		r = err_temp(&ctx->err, "%s" QMAIL_CONTROL " is on a network file system, and %s" QMAIL_HOME "/users is not: mount it too",
		             ctx->root, ctx->root);
	if (fd >= 0)
		close(fd);
	return r;
}

int conf_lock(struct ctx *ctx, struct lockfile *l)
{
	int r = lockfile_take(ctx, l, CONF_LOCK, LOCK_UNMARKED, ctx->wait);

	if (r == 1)
		held(ctx, l);
	if (r == 0)
		r = all_mounted(ctx, l);
	if (r != 0)
		lockfile_drop(l);
	else if (l->shared)
		begin_shared(ctx, l->fd);
	return r == 0 ? 0 : -1;
}

int conf_reads_cdb(struct ctx *ctx)
{
	struct stat st;
	int r = fs_stat(ctx, QMAIL_ASSIGN_CDB, &st);

	if (r == 0)
		return err_perm(&ctx->err,
		                "%s" QMAIL_ASSIGN_CDB " exists: s/qmail reads it instead of users/cdb, which qvmail builds; "
		                "nothing was changed", ctx->root);
	return r < 0 ? -1 : 0;
}
