/* conf - where things are and who owns them, from control/qv-* and qmail's own control files. */
#include "qmail/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/lock.h"
#include "lib/opt.h"

int conf_line(struct ctx *ctx, const char *name, char *to, size_t size)
{
	struct buf b = BUF(CONTROL_MAX);
	char path[128];
	size_t n;
	int r;

	snprintf(path, sizeof path, QMAIL_CONTROL "%s", name);
	r = fs_slurp(ctx, path, &b, NULL);
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

static int text(struct ctx *ctx, const char *name, const char *fallback, char *to, size_t size)
{
	int r = conf_line(ctx, name, to, size);

	if (r == 1 || (r == 0 && *to == '\0'))
		snprintf(to, size, "%s", fallback);
	return r < 0 ? -1 : 0;
}

static int number(struct ctx *ctx, const char *name, long fallback, long *to)
{
	char line[32];
	int r = conf_line(ctx, name, line, sizeof line);

	*to = fallback;
	if (r < 0)
		return -1;
	if (r == 0 && *line != '\0' && opt_number(line, INT32_MAX, to) < 0)
		return err_perm(&ctx->err, "%s" QMAIL_CONTROL "%s:1: %s is no number", ctx->root, name, line);
	return 0;
}

static int directory(struct ctx *ctx, const char *name, const char *fallback, char *to, size_t size)
{
	size_t n;

	if (text(ctx, name, fallback, to, size) < 0)
		return -1;
	for (n = strlen(to); n > 1 && to[n - 1] == '/'; n--)
		to[n - 1] = '\0';
	if (to[0] != '/' || n < 2 || strstr(to, "/../") != NULL || strchr(to, ':') != NULL)
		return err_perm(&ctx->err, "%s" QMAIL_CONTROL "%s:1: %s is no absolute directory", ctx->root, name, to);
	return 0;
}

static int double_bounces(struct ctx *ctx, struct conf *c)
{
	char user[128], host[128];

	if (text(ctx, "doublebounceto", "postmaster", user, sizeof user) < 0)
		return -1;
	if (text(ctx, "doublebouncehost", c->me, host, sizeof host) < 0)
		return -1;
	snprintf(c->bounces_to, sizeof c->bounces_to, "%.126s@%.126s", user, host);
	return 0;
}

static int helo(struct ctx *ctx, struct conf *c)
{
	char helohost[sizeof c->helo];

	if (text(ctx, "helohost", *c->me != '\0' ? c->me : "localhost", helohost, sizeof helohost) < 0)
		return -1;
	return text(ctx, "qv-helo", helohost, c->helo, sizeof c->helo);
}

/* It may be a link: some distributions keep the files in /etc/qmail. */
static int need_home(struct ctx *ctx)
{
	struct stat st;
	int r = fs_stat(ctx, QMAIL_HOME "/control/.", &st);

	if (r == 1 || (r < 0 && errno == ENOTDIR))
		return err_perm(&ctx->err, "%s" QMAIL_HOME "/control: no such directory; install qmail there first",
		                ctx->root);
	return r;
}

int conf_load(struct ctx *ctx, struct conf *c)
{
	*c = (struct conf){.uid = (uid_t)-1, .gid = (gid_t)-1};
	if (need_home(ctx) < 0 || directory(ctx, "qv-popmail", "/home/popmail", c->popmail, sizeof c->popmail) < 0 ||
	    directory(ctx, "qv-serialmail", "/home/serialmail", c->serialmail, sizeof c->serialmail) < 0 ||
	    text(ctx, "qv-popuser", "popusr", c->popuser, sizeof c->popuser) < 0 ||
	    text(ctx, "qv-qmail-send", "", c->qmail_send, sizeof c->qmail_send) < 0)
		return -1;
	if (text(ctx, "me", "", c->me, sizeof c->me) < 0 || helo(ctx, c) < 0 ||
	    text(ctx, "bouncehost", c->me, c->bouncehost, sizeof c->bouncehost) < 0 || double_bounces(ctx, c) < 0)
		return -1;
	if (number(ctx, "qv-interval", 120, &c->interval) < 0 || number(ctx, "qv-grace", 1, &c->grace) < 0 ||
	    number(ctx, "qv-concurrency", 20, &c->concurrency) < 0 ||
	    number(ctx, "qv-lifetime", 1209600, &c->lifetime) < 0 || number(ctx, "qv-warn", 14400, &c->warn) < 0)
		return -1;
	return 0;
}

/* "UID:GID", for trees whose passwd is somebody else's business */
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

/* "name:x:UID:GID:..." (passwd(5)) for our name */
static int passwd_line(const char *line, const char *name, struct conf *c)
{
	size_t n = strlen(name);
	char ids[64];

	if (strncmp(line, name, n) != 0 || line[n] != ':')
		return -1;
	line += n + 1;
	line += strcspn(line, ":\n");
	if (*line++ != ':')
		return -1;
	n = strcspn(line, ":\n");
	n += line[n] == ':' ? 1 + strcspn(line + n + 1, ":\n") : 0;
	snprintf(ids, sizeof ids, "%.*s", (int)n, line);
	return numeric(ids, c);
}

static int in_passwd(const char *passwd, const char *name, struct conf *c)
{
	for (const char *line = passwd; *line != '\0'; line += *line == '\n') {
		if (passwd_line(line, name, c) == 0)
			return 0;
		line += strcspn(line, "\n");
	}
	return -1;
}

int conf_popuser(struct ctx *ctx, struct conf *c)
{
	struct buf b = BUF(CONTROL_MAX);
	int r = 0;

	if (numeric(c->popuser, c) < 0) {
		if (fs_slurp(ctx, "/etc/passwd", &b, NULL) < 0)
			r = -1;
		else if (in_passwd(buf_text(&b), c->popuser, c) < 0)
			r = err_perm(&ctx->err,
			             "%s/etc/passwd: no user %s, who owns all mail: create it (a line such as "
			             "%s:x:510:51::/home/popmail:/bin/false), or name another or UID:GID in " QMAIL_CONTROL
			             "qv-popuser",
			             ctx->root, c->popuser, c->popuser);
	}
	buf_free(&b);
	if (r == 0 && c->uid == 0)
		r = err_perm(&ctx->err, "%s" QMAIL_CONTROL "qv-popuser: %s is root, and qmail never delivers as root",
		             ctx->root, c->popuser);
	return r;
}

static int held(struct ctx *ctx, long holder)
{
	char command[200];

	lock_command((pid_t)holder, command, sizeof command);
	if (holder > 0)
		return err_temp(&ctx->err,
		                "another administrator's command is at work: pid %ld%s%s%s holds the lock on %s" QMAIL_HOME,
		                holder, *command != '\0' ? " (" : "", command, *command != '\0' ? ")" : "", ctx->root);
	return err_temp(&ctx->err, "another administrator's command is at work: the lock on %s" QMAIL_HOME " is held",
	                ctx->root);
}

int conf_lock(struct ctx *ctx)
{
	int fd = fs_dir(ctx, QMAIL_HOME);
	int r = fd < 0 ? -1 : lock_take(fd, ctx->wait);

	if (fd < 0)
		return -1;
	if (r == 0)
		return fd;
	if (r < 0)
		err_sys(&ctx->err, "unable to lock %s" QMAIL_HOME, ctx->root);
	else
		held(ctx, (long)lock_holder(fd));
	close(fd);
	return -1;
}
