/* arrivals - which dial-up hosts have mail: told by inotify where that works, by looking where it does not. */
#include "master/arrivals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/clock.h"
#include "qmail/maildir.h"

void arrivals_complain(struct arrivals *l, int errnum, const char *name)
{
	static const struct {
		int errnum;
		const char *advice;
	} advices[] = {
		{ENOSPC, "raise the sysctl fs.inotify.max_user_watches"},
		{EMFILE, "raise the sysctl fs.inotify.max_user_instances"},
		{ENOSYS, "this kernel has no inotify"},
		{EOPNOTSUPP, "its file system does not report changes made by others"},
	};
	const char *advice = strerror(errnum);

	if (l->complained || errnum == ENOENT) /* gone meanwhile */
		return;
	l->complained = true;
	for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
		if (advices[i].errnum == errnum)
			advice = advices[i].advice;
	ctx_warn(l->ctx, "unable to watch %s%s%s%s: %s; unwatched directories are polled every interval", l->ctx->root,
	         l->conf->serialmail, *name != '\0' ? "/" : "", name, advice);
}

void arrivals_open(struct arrivals *l, struct ctx *ctx, const struct conf *conf, bool watches)
{
	*l = (struct arrivals){.ctx = ctx, .conf = conf, .hosts = HOSTS, .list_id = -1};
	l->watch.fd = l->watch.home = -1;
	if (!watches || watch_open(&l->watch) == 0)
		return;
	arrivals_complain(l, errno, "");
	watch_close(&l->watch);
}

void arrivals_close(struct arrivals *l)
{
	watch_close(&l->watch);
	hosts_free(&l->hosts);
	free(l->spot);
	free(l->id);
	arrivals_reorder(l);
	l->spot = NULL;
	l->id = NULL;
}

static void disarm(struct arrivals *l, size_t i)
{
	if (l->id[i] >= 0)
		watch_end(&l->watch, l->id[i]);
	l->id[i] = -1;
	arrivals_reorder(l);
}

/* Open that part and watch it instead of what was watched before. -1 with errno: it is not there, nothing has changed. */
static int watch_part(struct arrivals *l, size_t i, enum host_part part)
{
	int fd = hosts_open(&l->hosts, i, part), id;

	if (fd < 0)
		return -1;
	id = watch_dir(&l->watch, fd, part == HOST_NEW ? WATCH_ARRIVALS : WATCH_ENTRIES);
	if (id < 0) {
		l->is_full |= errno == ENOSPC;
		arrivals_complain(l, errno, hosts_name(&l->hosts, i));
	}
	if (l->id[i] != id)
		disarm(l, i); /* and the order is not kept */
	l->id[i] = id;
	return fd;
}

/*
 * Watch Maildir/new and return it, open. Where it is missing, what will hold it one day is watched, from the top: whatever
 * appears below is told by the watch above it. -1 with errno then.
 */
static int arm(struct arrivals *l, size_t i)
{
	int fd = watch_part(l, i, HOST_NEW);
	bool complete = fd >= 0;

	for (int part = HOST_HOME; !complete && (fd = watch_part(l, i, part)) >= 0; part++) {
		complete = part == HOST_NEW;
		if (!complete)
			close(fd);
	}
	l->spot[i] = (struct arrivals_spot){.tried = true, .complete = complete};
	return fd;
}

static bool worth_arming(const struct arrivals *l, size_t i)
{
	return l->watch.fd >= 0 && !l->is_full && !l->spot[i].tried;
}

static int unable_to_look(struct arrivals *l, size_t i)
{
	return err_sys(&l->ctx->err, "unable to look into %s%s/%s", l->ctx->root, l->conf->serialmail,
	               hosts_name(&l->hosts, i));
}

int arrivals_at(struct arrivals *l, size_t i)
{
	bool first = worth_arming(l, i);
	int new, r;

	if (l->spot[i].quiet)
		return 0;
	new = first ? arm(l, i) : hosts_open(&l->hosts, i, HOST_NEW);
	r = new >= 0 ? maildir_waiting(new) : hosts_is_incomplete(errno) ? 0 : -1;
	if (r < 0)
		unable_to_look(l, i);
	l->spot[i].quiet = r == 0 && l->id[i] >= 0;
	if (new >= 0)
		close(new);
	return r == 1 && first ? 2 : r;
}

void arrivals_touched(struct arrivals *l, size_t i)
{
	l->spot[i].quiet = false;
}

void arrivals_again(struct arrivals *l)
{
	for (size_t i = 0; i < l->hosts.n; i++)
		l->spot[i] = (struct arrivals_spot){0};
	l->is_full = false;
}

/* Its directories are not what they were: what is watched may be another's by now. */
static void start_over(struct arrivals *l, size_t i)
{
	if (i >= l->hosts.n)
		return;
	disarm(l, i);
	l->spot[i] = (struct arrivals_spot){0};
}

static enum arrivals_news rearm(struct arrivals *l, size_t i)
{
	start_over(l, i);
	return arrivals_at(l, i) == 0 ? ARRIVALS_NOTHING : ARRIVALS_MAIL;
}

/*
 * qmail-local links a file that was written and synced somewhere else: it had another name, or its inode was changed behind its
 * last byte. Where the two times are the same, it could as well be one that is being written.
 */
static bool is_linked(const struct stat *st)
{
	return st->st_nlink > 1 || (st->st_size > 0 && clock_is_before(&st->st_mtim, &st->st_ctim));
}

static bool is_whole(struct arrivals *l, size_t i, const struct watch_event *e)
{
	struct stat st;
	bool is;
	int new;

	if (e->what != WATCH_MADE)
		return e->what == WATCH_MOVED;
	new = hosts_open(&l->hosts, i, HOST_NEW);
	is = new >= 0 && fstatat(new, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_linked(&st);
	if (new >= 0)
		close(new);
	return is;
}

static enum arrivals_news news_of(struct arrivals *l, const struct watch_event *e, size_t *i)
{
	if (e->what == WATCH_LOST)
		return ARRIVALS_LOST;
	if (e->id == l->list_id) {
		start_over(l, hosts_find(&l->hosts, e->name));
		return ARRIVALS_LIST;
	}
	*i = arrivals_spot_of(l, e->id);
	if (*i == l->hosts.n)
		return ARRIVALS_NOTHING;
	if (e->what == WATCH_GONE || !l->spot[*i].complete)
		return rearm(l, *i);
	arrivals_touched(l, *i);
	return is_whole(l, *i, e) ? ARRIVALS_WHOLE : ARRIVALS_MAIL;
}

enum arrivals_news arrivals_next(struct arrivals *l, size_t *i)
{
	enum arrivals_news news = ARRIVALS_NOTHING;
	struct watch_event e;

	while (news == ARRIVALS_NOTHING && watch_next(&l->watch, &e))
		news = news_of(l, &e, i);
	return news;
}
