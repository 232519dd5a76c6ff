/* tell - this gateway's qmail-send is told when another one has changed virtualdomains. */
#include "master/tell.h"

#include <errno.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/fs.h"
#include "lib/lock.h"
#include "qmail/nodes.h"
#include "qmail/qsend.h"

enum {
	AGAIN = 10000,       /* milliseconds: a qmail-send that does not answer takes ten seconds each time */
	WRITE_EVERY = 10000, /* where all can be read */
};

static const char *const files[TELL_FILES] = {QMAIL_CONTROL "virtualdomains", QMAIL_CONTROL "locals"};

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* One that has just started may have read what this machine had kept of them. Before it has locked its queue it cannot be told. */
static int look_for_new(struct tell *t, struct ctx *ctx, const struct conf *conf)
{
	struct qsend q;
	bool changed;

	if (qsend_find(ctx, conf, &q) < 0)
		return -1;
	if (q.found != QSEND_LOCK)
		q.pid = 0;
	changed = q.pid != t->qmail_send;
	t->qmail_send = q.pid;
	return changed;
}

/* 1: they, or the qmail-send that has read them, are not as they were. 0 or -1 */
static int look(struct tell *t, struct ctx *ctx, const struct conf *conf)
{
	int changed = look_for_new(t, ctx, conf);

	if (changed < 0)
		return -1;
	changed |= t->sum == 0;

	for (size_t i = 0; i < TELL_FILES; i++) {
		struct stat st = {0};
		int r = fs_stat(ctx, files[i], &st);

		if (r < 0)
			return -1;
		if (r == 1)
			st = (struct stat){0};
		changed |= !same(&t->seen[i], &st);
		t->seen[i] = st;
	}
	return changed;
}

/* The sum is taken before: what changes meanwhile is seen at the next look. */
static int tell(struct tell *t, struct ctx *ctx, const struct conf *conf)
{
	long long sum;
	int r = look(t, ctx, conf);

	if (r != 1)
		return r;
	t->sum = 0;
	if (nodes_sum(ctx, &sum) < 0 || qsend_hup(ctx, conf) < 0)
		return -1;
	t->sum = sum;
	return 0;
}

/* Cut off, by a file that is opened anew: the file system may have been mounted again. */
static void try_to_write(struct tell *t, struct ctx *ctx, const struct conf *conf, int *marks)
{
	bool was = t->cut;

	if (was)
		nodes_marks_again(ctx, marks);
	t->cut = nodes_write(conf, *marks, t->sum) < 0;
	t->wrote = t->sum;
	if (t->cut && !was)
		ctx_warn(ctx, "unable to write %s" QMAIL_HOME "/users: %s: this gateway is cut off from the others, and sends nothing until it can",
		         ctx->root, strerror(errno));
	if (was && !t->cut)
		ctx_warn(ctx, "%s" QMAIL_HOME "/users can be written again: mail is sent", ctx->root);
}

void tell_look(struct tell *t, struct ctx *ctx, const struct conf *conf, int *marks, int64_t now)
{
	bool was = t->cut;
	int r = -1;

	if (now < t->next)
		return;
	t->next = now + TELL_EVERY;
	if (!was)
		r = tell(t, ctx, conf);
	if (r < 0 || t->sum != t->wrote || now >= t->write) {
		try_to_write(t, ctx, conf, marks);
		t->write = clock_ms() + WRITE_EVERY;
	}
	if (r < 0 && !was && !t->cut) {
		ctx_warn(ctx, "%s", ctx->err.text);
		t->next = clock_ms() + AGAIN;
	}
	lock_say(*marks, LOCK_SUM, t->sum);
}

void tell_at_once(struct tell *t)
{
	t->next = 0;
}

int64_t tell_sleep(const struct tell *t, int64_t now)
{
	return t->next > now ? t->next - now : 0;
}
