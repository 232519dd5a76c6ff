/* tell - this gateway's qmail-send is told when another one has changed virtualdomains. */
#include "master/tell.h"

#include <string.h>

#include "lib/clock.h"
#include "lib/fs.h"
#include "lib/lock.h"
#include "qmail/nodes.h"
#include "qmail/qsend.h"

enum { AGAIN = 10000 }; /* milliseconds: a qmail-send that does not answer takes ten seconds each time */

static const char *const files[TELL_FILES] = {QMAIL_CONTROL "virtualdomains", QMAIL_CONTROL "locals"};

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* 1: they are not as they were. 0 or -1 */
static int look(struct tell *t, struct ctx *ctx)
{
	bool changed = t->sum == 0;

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
	int r = look(t, ctx);

	if (r != 1)
		return r;
	t->sum = 0;
	if (nodes_sum(ctx, &sum) < 0 || qsend_hup(ctx, conf) < 0)
		return -1;
	t->sum = sum;
	return 0;
}

void tell_look(struct tell *t, struct ctx *ctx, const struct conf *conf, int lock, int64_t now)
{
	if (now < t->next)
		return;
	t->next = now + TELL_EVERY;
	if (tell(t, ctx, conf) < 0) {
		ctx_warn(ctx, "%s", ctx->err.text);
		t->next = clock_ms() + AGAIN;
	}
	lock_say(lock, LOCK_SUM, t->sum);
}

int64_t tell_sleep(const struct tell *t, int64_t now)
{
	return t->next > now ? t->next - now : 0;
}
