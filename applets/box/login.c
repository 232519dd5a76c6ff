/* login - check the password of a user's box. */
#include "box/login.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "box/logins.h"
#include "box/password.h"
#include "box/which.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/cdbfile.h"
#include "routing/files.h"

static int unable(struct ctx *ctx)
{
	return err_temp(&ctx->err, "unable to read %s" LOGINS_CDB ": %s; qv-mailbox enable of any box rebuilds it",
	                ctx->root, strerror(errno));
}

/* 0, 1 no such name, -1 */
static int box_of_name(struct ctx *ctx, int cdb, const char *user, struct box *box)
{
	int r;

	/* directories and the empty string are keys too */
	if (*user == '\0' || strlen(user) >= sizeof box->name || strchr(user, '/') != NULL)
		return 1;
	join(box->name, sizeof box->name, user, NULL);
	for (char *c = box->name; *c != '\0'; c++)
		*c = name_fold(*c);
	r = cdbfile_find(cdb, box->name, strlen(box->name), box->path, sizeof box->path);
	if (r == 0)
		join(box->name, sizeof box->name, strrchr(box->path, '/') + 1, NULL);
	return r < 0 ? unable(ctx) : r;
}

static int box_of_user(struct ctx *ctx, const struct conf *conf, int cdb, const char *user, struct box *box)
{
	struct name_address a;
	struct routing routing;
	int r;

	if (strchr(user, '@') == NULL)
		return box_of_name(ctx, cdb, user, box);
	if (name_address(&ctx->err, user, &a) < 0 || a.many)
		return 1;
	r = routing_load(ctx, conf, &routing);
	if (r == 0)
		r = box_of_address(ctx, conf, &routing, NULL, &a, box);
	routing_free(&routing);
	return r;
}

/* The hash that a password is compared with. */
struct door {
	char hash[PWHASH_MAX + 2]; /* "": no password fits */
	bool opens;                /* false: refused even if the password fits */
};

/* FNV-1a */
static unsigned mix(unsigned h, const char *s)
{
	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)name_fold(*s)) * 16777619u;
	return h;
}

/* An unknown user always gets the same hash, as a real user would; which one cannot be told without knowing the hashes. */
static size_t choose(const char *user, const char *hashes, size_t n)
{
	unsigned h = mix(mix(2166136261u, hashes), user);

	return (h ^ h >> 16) % n;
}

/* A hash of one of the kinds in the table: an imported table may have faster and slower ones than ours. */
static int door_of_stranger(struct ctx *ctx, int cdb, const char *user, struct door *door)
{
	char all[LOGINS_KINDS * (PWHASH_MAX + 1) + 1];
	const char *p = all;
	size_t n = 0;
	int r = cdbfile_find(cdb, "", 0, all, sizeof all);

	*door = (struct door){.opens = false};
	if (r != 0)
		return r < 0 ? unable(ctx) : 0;
	for (const char *c = all; *c != '\0'; c++)
		n += *c == ':';
	if (n == 0)
		return 0;
	for (n = choose(user, all, n); n > 0; n--)
		p = strchr(p, ':') + 1;
	join_part(door->hash, sizeof door->hash, p, strcspn(p, ":"));
	return 0;
}

/* 0, 1: no hash for this box, -1 */
static int door_of_box(struct ctx *ctx, int cdb, const struct box *box, struct door *door)
{
	int r = cdbfile_find(cdb, box->path, strlen(box->path), door->hash, sizeof door->hash);

	if (r != 0)
		return r < 0 ? unable(ctx) : 1;
	door->opens = door->hash[0] != '!';
	if (!door->opens)
		memmove(door->hash, door->hash + 1, strlen(door->hash));
	return *door->hash == '\0';
}

static int find_door(struct ctx *ctx, const struct conf *conf, int cdb, const char *user, struct box *box,
                     struct door *door)
{
	int r = box_of_user(ctx, conf, cdb, user, box);

	if (r == 0)
		r = door_of_box(ctx, cdb, box, door);
	return r == 1 ? door_of_stranger(ctx, cdb, user, door) : r;
}

/* The cdb does not exist until the first password is set. */
static int open_cdb(struct ctx *ctx)
{
	struct stat st;
	int r = fs_stat(ctx, LOGINS_CDB, &st);

	if (r < 0)
		return -1;
	return r == 0 ? fs_open(ctx, LOGINS_CDB, O_RDONLY) : -2;
}

int login_check(struct ctx *ctx, const struct conf *conf, const char *user, const char *password, struct box *box)
{
	struct door door = {.opens = false};
	int cdb = open_cdb(ctx);
	bool fits;
	int r = 0;

	if (cdb == -1)
		return -1;
	if (cdb >= 0) {
		r = find_door(ctx, conf, cdb, user, box, &door);
		close(cdb);
	}
	if (r < 0)
		return -1;
	fits = password_fits(password, door.hash);
	return fits && door.opens ? 0 : 1;
}
