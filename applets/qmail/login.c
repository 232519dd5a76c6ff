/* login - is this the password of that user's box? */
#include "qmail/login.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "qmail/box_find.h"
#include "qmail/cdbfile.h"
#include "qmail/password.h"
#include "qmail/qvpasswd.h"
#include "qmail/routing_files.h"

static int unable(struct ctx *ctx)
{
	return err_temp(&ctx->err, "unable to read %s" QVPASSWD_CDB ": %s; qv-mailbox enable of any box builds it anew",
	                ctx->root, strerror(errno));
}

/* 0, 1 no such name, -1 */
static int box_of_name(struct ctx *ctx, int cdb, const char *user, struct box *box)
{
	int r;

	if (strlen(user) >= sizeof box->name || strchr(user, '/') != NULL) /* directories are keys too */
		return 1;
	snprintf(box->name, sizeof box->name, "%s", user);
	for (char *c = box->name; *c != '\0'; c++)
		*c = name_fold(*c);
	r = cdbfile_find(cdb, box->name, strlen(box->name), box->path, sizeof box->path);
	if (r == 0)
		snprintf(box->name, sizeof box->name, "%s", strrchr(box->path, '/') + 1);
	return r < 0 ? unable(ctx) : r;
}

static int box_of_user(struct ctx *ctx, const struct conf *conf, int cdb, const char *user, struct box *box)
{
	struct name_address a;
	struct routing routing;
	int r;

	if (strchr(user, '@') == NULL)
		return box_of_name(ctx, cdb, user, box);
	if (name_address(&ctx->err, user, &a) < 0)
		return 1;
	r = routing_load(ctx, conf, &routing);
	if (r == 0)
		r = box_of_address(ctx, conf, &routing, &a, box);
	routing_free(&routing);
	return r;
}

/* What the password is held against: "" for whoever may not log in at all. */
static int find(struct ctx *ctx, const struct conf *conf, int cdb, const char *user, struct box *box, char *hash,
                size_t size)
{
	int r = box_of_user(ctx, conf, cdb, user, box);

	*hash = '\0';
	if (r != 0)
		return r < 0 ? -1 : 0;
	r = cdbfile_find(cdb, box->path, strlen(box->path), hash, size);
	if (r < 0)
		return unable(ctx);
	if (r == 1 || hash[0] == '!')
		*hash = '\0';
	return 0;
}

/* A gateway where nobody was ever given a password has no cdb. */
static int open_cdb(struct ctx *ctx)
{
	struct stat st;
	int r = fs_stat(ctx, QVPASSWD_CDB, &st);

	if (r < 0)
		return -1;
	return r == 0 ? fs_open(ctx, QVPASSWD_CDB, O_RDONLY) : -2;
}

int login_check(struct ctx *ctx, const struct conf *conf, const char *user, const char *password, struct box *box)
{
	char hash[PWHASH_MAX + 2] = "";
	int cdb = open_cdb(ctx);
	int r = 0;

	if (cdb == -1)
		return -1;
	if (cdb >= 0) {
		r = find(ctx, conf, cdb, user, box, hash, sizeof hash);
		close(cdb);
	}
	return r < 0 ? -1 : !password_fits(password, hash);
}
