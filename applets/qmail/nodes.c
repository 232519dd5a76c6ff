/* nodes - the gateways that share control/ and users/ on a network file system. */
#include "qmail/nodes.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fs.h"
#include "lib/listing.h"
#include "lib/lock.h"
#include "qmail/conf.h"

enum { PATIENCE = 20 }; /* seconds: a master looks once a second, and qmail-send may take ten */

#define USERS QMAIL_HOME "/users"

static const char prefix[] = "qv-node.";

static bool is_shared(struct ctx *ctx)
{
	struct err kept = ctx->err;
	int fd = fs_dir(ctx, USERS);
	bool shared = fd >= 0 && netfs_is(fd);

	if (fd >= 0)
		close(fd);
	ctx->err = kept;
	return shared;
}

const char *nodes_master_lock(struct ctx *ctx, char to[NODES_PATH])
{
	char me[NETFS_NAME];

	netfs_name(me);
	if (is_shared(ctx))
		snprintf(to, NODES_PATH, NODES_LOCK ".%s", me);
	else
		snprintf(to, NODES_PATH, NODES_LOCK);
	return to;
}

int nodes_marks(struct ctx *ctx, const struct lockfile *lock, bool make)
{
	char name[NETFS_NAME + sizeof prefix], me[NETFS_NAME];
	int dir, fd;

	if (!lock->shared)
		return lock->fd;
	netfs_name(me);
	snprintf(name, sizeof name, "%s%s", prefix, me);
	dir = fs_dir(ctx, USERS);
	fd = dir < 0 ? -1 : openat(dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | (make ? O_CREAT : 0), 0600);
	if (dir >= 0)
		close(dir);
	return fd;
}

/* The name of another machine whose file this is, or NULL. */
static const char *other(const char *file)
{
	char me[NETFS_NAME];

	netfs_name(me);
	if (strncmp(file, prefix, strlen(prefix)) != 0 || strcmp(file + strlen(prefix), me) == 0)
		return NULL;
	return file + strlen(prefix);
}

int nodes_any(struct ctx *ctx, bool *any)
{
	struct listing l = {0};
	int r;

	*any = false;
	if (!is_shared(ctx))
		return 0;
	r = listing_load(ctx, USERS, &l);
	for (size_t i = 0; r == 0 && i < l.n; i++)
		*any |= other(l.name[i]) != NULL;
	listing_free(&l);
	return r;
}

/* FNV-1a */
static int add(struct ctx *ctx, const char *path, uint64_t *h)
{
	struct buf b = BUF(CONTROL_MAX);
	int r = fs_slurp(ctx, path, &b, NULL);

	for (size_t i = 0; i < b.len; i++)
		*h = (*h ^ (unsigned char)b.p[i]) * UINT64_C(0x100000001b3);
	*h = (*h ^ (r == 1 ? 256 : 257)) * UINT64_C(0x100000001b3);
	buf_free(&b);
	return r < 0 ? -1 : 0;
}

int nodes_sum(struct ctx *ctx, long long *sum)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	if (add(ctx, QMAIL_CONTROL "virtualdomains", &h) < 0 || add(ctx, QMAIL_CONTROL "locals", &h) < 0)
		return -1;
	*sum = (long long)(h >> 4) + 1;
	return 0;
}

/* What the master of that file says, 0: it does not run. -1 */
static long long said(struct ctx *ctx, const char *file)
{
	char path[NODES_PATH + 64];
	long long sum;
	int fd;

	snprintf(path, sizeof path, USERS "/%s", file);
	fd = fs_open(ctx, path, O_RDONLY);
	if (fd < 0)
		return -1;
	sum = lock_said(fd, LOCK_SUM);
	close(fd);
	return sum;
}

static int wait_for(struct ctx *ctx, const char *file, long long sum, int64_t end)
{
	long long is;

	while ((is = said(ctx, file)) >= 0 && is != sum && clock_ms() < end)
		clock_pause();
	if (is < 0 || is == sum)
		return is < 0 ? -1 : 0;
	if (is > 0)
		return err_temp(&ctx->err, "the qmail-send of %s has not read control/virtualdomains within %d seconds: see the log of "
		                "its qv-master, then run the command again", other(file), PATIENCE);
	return err_temp(&ctx->err,
	                "%s does not read control/virtualdomains, as no qv-master -e runs there: start it and run the command again; "
	                "or, if that gateway accepts no mail any more, remove %s" USERS "/%s before",
	                other(file), ctx->root, file);
}

int nodes_wait(struct ctx *ctx)
{
	int64_t end = clock_ms() + PATIENCE * 1000;
	struct listing l = {0};
	long long sum;
	int r = nodes_sum(ctx, &sum);

	if (r == 0)
		r = listing_load(ctx, USERS, &l);
	for (size_t i = 0; r == 0 && i < l.n; i++)
		if (other(l.name[i]) != NULL)
			r = wait_for(ctx, l.name[i], sum, end);
	listing_free(&l);
	if (r == 0)
		netfs_settle();
	return r;
}
