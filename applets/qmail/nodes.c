/* nodes - the gateways that share control/ and users/ on a network file system. */
#include "qmail/nodes.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fnv.h"
#include "lib/fs.h"
#include "lib/listing.h"
#include "lib/lock.h"
#include "lib/printable.h"
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

/* Not on the disk below a mount point. */
static int open_marks(struct ctx *ctx, int flags)
{
	char name[NETFS_NAME + sizeof prefix], me[NETFS_NAME];
	int dir = fs_dir(ctx, USERS), fd = -1;

	netfs_name(me);
	snprintf(name, sizeof name, "%s%s", prefix, me);
	if (dir >= 0 && netfs_is(dir))
		fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
	if (dir >= 0)
		close(dir);
	return fd;
}

int nodes_write(const struct conf *conf, int marks, long long sum)
{
	char text[sizeof conf->me + 128];
	int n = snprintf(text, sizeof text, NODES_VERSION "\n%s\n%lld\n%lld\n", conf->me, sum, (long long)clock_ms());

	return pwrite(marks, text, (size_t)n, 0) < 0 || ftruncate(marks, n) < 0 ? -1 : fsync(marks);
}

int nodes_marks(struct ctx *ctx, const struct lockfile *lock, bool make)
{
	return lock->shared ? open_marks(ctx, make ? O_CREAT : 0) : lock->fd;
}

void nodes_marks_again(struct ctx *ctx, int *marks)
{
	struct err kept = ctx->err;

	if (*marks >= 0)
		close(*marks);
	*marks = open_marks(ctx, O_CREAT);
	ctx->err = kept;
}

/* The name of the machine whose file this is, or NULL. */
static const char *whose(const char *file)
{
	return strncmp(file, prefix, strlen(prefix)) == 0 ? file + strlen(prefix) : NULL;
}

static const char *line(char **next)
{
	return *next != NULL ? strsep(next, "\n") : "";
}

/* As nodes_write() has it. */
static void read_text(int fd, struct node *n)
{
	char text[sizeof n->version + sizeof n->me + 64], *next = text;
	ssize_t got = pread(fd, text, sizeof text - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	snprintf(n->version, sizeof n->version, "%s", line(&next));
	snprintf(n->me, sizeof n->me, "%s", line(&next));
	n->wrote = strtoll(line(&next), NULL, 10);
	n->stamp = strtoll(line(&next), NULL, 10);
	printable(n->version);
	printable(n->me);
}

static int look(struct ctx *ctx, const char *name, struct node *n)
{
	int fd = fs_open(ctx, n->file, O_RDONLY);
	char me[NETFS_NAME];

	if (fd < 0)
		return -1;
	netfs_name(me);
	n->name = name;
	n->is_here = strcmp(name, me) == 0;
	n->read = lock_said(fd, LOCK_SUM);
	n->beat = lock_said(fd, LOCK_TIME);
	read_text(fd, n);
	close(fd);
	return 0;
}

int nodes_each(struct ctx *ctx, node_seen *seen, void *arg)
{
	struct listing l = {0};
	int r = is_shared(ctx) ? listing_load(ctx, USERS, &l) : 0;

	for (size_t i = 0; r == 0 && i < l.n; i++) {
		const char *machine = whose(l.name[i]);
		char file[NODES_PATH + 64];
		struct node n = {.file = file};

		if (machine == NULL)
			continue;
		snprintf(file, sizeof file, USERS "/%s", l.name[i]);
		r = look(ctx, machine, &n);
		if (r == 0)
			r = seen(ctx, arg, &n);
	}
	listing_free(&l);
	return r;
}

static int is_one(struct ctx *ctx, void *arg, const struct node *n)
{
	(void)ctx;
	*(bool *)arg |= !n->is_here;
	return 0;
}

int nodes_any(struct ctx *ctx, bool *any)
{
	*any = false;
	return nodes_each(ctx, is_one, any);
}

static int add(struct ctx *ctx, const char *path, uint64_t *h)
{
	struct buf b = BUF(CONTROL_MAX);
	int r = fs_slurp(ctx, path, &b, NULL);

	for (size_t i = 0; i < b.len; i++)
		*h = fnv_add(*h, (unsigned char)b.p[i]);
	*h = fnv_add(*h, r == 1 ? 256 : 257);
	buf_free(&b);
	return r < 0 ? -1 : 0;
}

int nodes_sum(struct ctx *ctx, long long *sum)
{
	uint64_t h = FNV_BEGIN;

	if (add(ctx, QMAIL_CONTROL "virtualdomains", &h) < 0 || add(ctx, QMAIL_CONTROL "locals", &h) < 0)
		return -1;
	*sum = (long long)(h >> 4) + 1;
	return 0;
}

struct wait {
	long long sum;
	int64_t end;
};

static bool is_alive(const struct node *was, const struct node *now)
{
	return now->read > 0 || now->stamp != was->stamp;
}

/*
 * Where a replica was away, it answers for a while as if nobody had marks. What a master writes counts only if it wrote
 * meanwhile: qmail-send may be another one than the last word of a master that is gone was about.
 */
static bool has_read(const struct node *was, const struct node *now, long long sum)
{
	return now->read == sum || (now->wrote == sum && now->stamp != was->stamp);
}

static int wait_for(struct ctx *ctx, void *arg, const struct node *n)
{
	const struct wait *w = arg;
	struct node now = *n;
	int r = 0;

	if (n->is_here)
		return 0;
	while (r == 0 && !has_read(n, &now, w->sum) && clock_ms() < w->end) {
		clock_pause();
		r = look(ctx, n->name, &now);
	}
	if (r < 0 || has_read(n, &now, w->sum))
		return r;
	if (is_alive(n, &now))
		return err_temp(&ctx->err, "the qmail-send of %s has not read control/virtualdomains within %d seconds: see the log of "
		                "its qv-master, then run the command again", n->name, PATIENCE);
	return err_temp(&ctx->err,
	                "%s does not read control/virtualdomains, as no qv-master -e runs there: start it and run the command again; "
	                "or, if that gateway accepts no mail any more, remove %s%s before",
	                n->name, ctx->root, n->file);
}

int nodes_wait(struct ctx *ctx)
{
	struct wait w = {.end = clock_ms() + PATIENCE * 1000};

	if (nodes_sum(ctx, &w.sum) < 0 || nodes_each(ctx, wait_for, &w) < 0)
		return -1;
	netfs_settle();
	return 0;
}
