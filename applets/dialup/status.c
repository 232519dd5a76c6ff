/* status - the waiting mail of a dial-up host, and how the last attempt ended. */
#include "dialup/status.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dialup/marks.h"
#include "lib/fs.h"
#include "lib/lock.h"
#include "lib/netfs.h"
#include "qmail/maildir.h"

static int has(struct ctx *ctx, const char *dir, const char *name, bool *is)
{
	char path[PATH_MAX + 16];
	struct stat st;
	int r;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	r = fs_stat(ctx, path, &st);
	*is = r == 0;
	return r < 0 ? -1 : 0;
}

static void measure(struct status *s, const struct maildir_list *list, long warn, time_t now)
{
	s->waiting = list->n;
	s->bytes = list->bytes;
	s->strange = list->strange;
	if (list->n > 0)
		s->oldest = maildir_age(list, 0, now);
	while (s->late < list->n && maildir_age(list, s->late, now) > warn)
		s->late++;
}

static int count(struct ctx *ctx, struct status *s, long warn, time_t now)
{
	char path[PATH_MAX + 16];
	struct maildir_list list;
	struct stat st;
	int new, r;

	snprintf(path, sizeof path, "%s/Maildir/new", s->dir);
	r = fs_stat(ctx, path, &st);
	if (r != 0)
		return r < 0 ? -1 : 0;
	new = fs_dir(ctx, path);
	if (new < 0)
		return -1;
	r = maildir_list(new, &list);
	if (r < 0)
		err_sys(&ctx->err, "unable to list %s%s", ctx->root, path);
	close(new);
	if (r < 0)
		return -1;
	measure(s, &list, warn, now);
	maildir_free(&list);
	return 0;
}

/* A transfer of another machine, too, has its file signed (mail_lock.h). */
static void read_holder(struct ctx *ctx, struct status *s)
{
	struct err kept = ctx->err;
	char path[PATH_MAX + 16];
	int fd;

	snprintf(path, sizeof path, "%s/" DOMAIN_LOCK, s->dir);
	fd = fs_open(ctx, path, O_RDONLY);
	if (fd >= 0) {
		netfs_signed(fd, s->locked_on, sizeof s->locked_on);
		close(fd);
	}
	ctx->err = kept;
}

/* The lock is looked up, and only tried as a last resort: taking it briefly could make a flush believe that another runs. */
static int find_lock(struct ctx *ctx, struct status *s)
{
	char path[PATH_MAX + 16];
	int fd;

	snprintf(path, sizeof path, "%s/RELAYHOST", s->dir);
	fd = fs_open(ctx, path, O_RDONLY);
	if (fd < 0)
		return -1;
	s->lock = lock_look(fd, &s->locked_by);
	if (s->lock == LOCK_HELD && netfs_is(fd))
		read_holder(ctx, s);
	close(fd);
	return 0;
}

enum status_level status_level(const struct status *s)
{
	if (s->waiting == 0)
		return STATUS_FINE;
	if (s->late > 0 || s->last.braked > 0 || s->last.wanted > 0)
		return STATUS_STUCK;
	return attempt_failed(&s->last) ? STATUS_RETRIED : STATUS_FINE;
}

/* A rate over the whole run; a shorter run counts as one millisecond. */
static long long a_second(const struct status *s, long long n)
{
	return n * 1000 / (s->last.milliseconds > 0 ? s->last.milliseconds : 1);
}

long long status_bytes_rate(const struct status *s)
{
	return a_second(s, s->last.bytes);
}

long long status_messages_rate(const struct status *s)
{
	return a_second(s, s->last.delivered * 1000);
}

/*
 * As qv-master schedules it: one interval after the start of the last attempt, if that failed; else now. It does not wait
 * for a time that is in the future because the clock was set back.
 */
static time_t next_attempt(const struct status *s, const struct conf *conf, time_t now)
{
	time_t retry = s->last.time - s->last.milliseconds / 1000 + conf->interval;

	if (s->waiting == 0 || s->paused || s->on_demand)
		return 0;
	return attempt_failed(&s->last) && retry > now && s->last.time <= now ? retry : now;
}

int status_look(struct ctx *ctx, const struct conf *conf, const char *name, time_t now, struct status *s)
{
	bool is_host;

	*s = (struct status){.oldest = -1};
	snprintf(s->dir, sizeof s->dir, "%s/%s", conf->serialmail, name);
	if (has(ctx, s->dir, "RELAYHOST", &is_host) < 0)
		return -1;
	if (!is_host)
		return 1;
	if (has(ctx, s->dir, DOMAIN_PAUSED, &s->paused) < 0 || has(ctx, s->dir, DOMAIN_ON_DEMAND, &s->on_demand) < 0 ||
	    count(ctx, s, conf->warn, now) < 0 || find_lock(ctx, s) < 0)
		return -1;
	attempt_read(ctx, s->dir, &s->last);
	call_read(ctx, s->dir, &s->called);
	s->unsendable = s->waiting > 0 ? s->last.unsendable : 0;
	s->next = next_attempt(s, conf, now);
	return 0;
}
