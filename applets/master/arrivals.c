/* arrivals - which dial-up hosts have mail: told by inotify where that works, by looking where it does not. */
#include "master/arrivals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void lookout_complain(struct lookout *l, int errnum, const char *name)
{
	static const struct {
		int errnum;
		const char *advice;
	} advices[] = {
		{ENOSPC, "raise the sysctl fs.inotify.max_user_watches"},
		{EMFILE, "raise the sysctl fs.inotify.max_user_instances"},
		{ENOSYS, "this kernel has no inotify"},
		{EOPNOTSUPP, "its file system does not tell what others do there"},
	};
	const char *advice = strerror(errnum);

	if (l->complained || errnum == ENOENT) /* gone meanwhile */
		return;
	l->complained = true;
	for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
		if (advices[i].errnum == errnum)
			advice = advices[i].advice;
	ctx_warn(l->ctx, "unable to watch %s%s%s%s: %s; what is not watched is looked at in every interval", l->ctx->root,
	         l->conf->serialmail, *name != '\0' ? "/" : "", name, advice);
}

void lookout_open(struct lookout *l, struct ctx *ctx, const struct conf *conf, bool watches)
{
	*l = (struct lookout){.ctx = ctx, .conf = conf, .customers = CUSTOMERS, .list_id = -1};
	l->watch.fd = l->watch.home = -1;
	if (!watches || watch_open(&l->watch) == 0)
		return;
	lookout_complain(l, errno, "");
	watch_close(&l->watch);
}

void lookout_close(struct lookout *l)
{
	watch_close(&l->watch);
	customers_free(&l->customers);
	free(l->spot);
	free(l->id);
	l->spot = NULL;
	l->id = NULL;
}

static void disarm(struct lookout *l, size_t i)
{
	if (l->id[i] >= 0)
		watch_end(&l->watch, l->id[i]);
	l->id[i] = -1;
}

/* Open that part and watch it instead of what was watched before. -1 with errno: it is not there, nothing has changed. */
static int watch_part(struct lookout *l, size_t i, enum customer_part part)
{
	int fd = customers_open(&l->customers, i, part), id;

	if (fd < 0)
		return -1;
	id = watch_dir(&l->watch, fd, part == CUSTOMER_NEW ? WATCH_ARRIVALS : WATCH_ENTRIES);
	if (id < 0) {
		l->is_full |= errno == ENOSPC;
		lookout_complain(l, errno, customers_name(&l->customers, i));
	}
	if (l->id[i] != id)
		disarm(l, i);
	l->id[i] = id;
	return fd;
}

/*
 * Watch Maildir/new and return it, open. Where it is missing, what will hold it one day is watched, from the top: whatever
 * appears below is told by the watch above it. -1 with errno then.
 */
static int arm(struct lookout *l, size_t i)
{
	int fd = watch_part(l, i, CUSTOMER_NEW);
	bool complete = fd >= 0;

	for (int part = CUSTOMER_HOME; !complete && (fd = watch_part(l, i, part)) >= 0; part++) {
		complete = part == CUSTOMER_NEW;
		if (!complete)
			close(fd);
	}
	l->spot[i] = (struct lookout_spot){.tried = true, .complete = complete};
	return fd;
}

static bool worth_arming(const struct lookout *l, size_t i)
{
	return l->watch.fd >= 0 && !l->is_full && !l->spot[i].tried;
}

static int unable_to_look(struct lookout *l, size_t i)
{
	return err_sys(&l->ctx->err, "unable to look into %s%s/%s", l->ctx->root, l->conf->serialmail,
	               customers_name(&l->customers, i));
}

int lookout_at(struct lookout *l, size_t i)
{
	int new, r;

	if (l->spot[i].quiet)
		return 0;
	new = worth_arming(l, i) ? arm(l, i) : customers_open(&l->customers, i, CUSTOMER_NEW);
	r = new >= 0 ? customers_waiting(new) : customers_is_incomplete(errno) ? 0 : -1;
	if (r < 0)
		unable_to_look(l, i);
	l->spot[i].quiet = r == 0 && l->id[i] >= 0;
	if (new >= 0)
		close(new);
	return r;
}

void lookout_touched(struct lookout *l, size_t i)
{
	l->spot[i].quiet = false;
}

void lookout_again(struct lookout *l)
{
	for (size_t i = 0; i < l->customers.n; i++)
		l->spot[i] = (struct lookout_spot){0};
	l->is_full = false;
}

/* Events come in runs, so the last one is asked first. */
static size_t spot_of(struct lookout *l, int id)
{
	size_t i = l->last;

	if (i >= l->customers.n || l->id[i] != id)
		for (i = 0; i < l->customers.n && l->id[i] != id; i++)
			;
	l->last = i;
	return i;
}

/* Its directories are not what they were: what is watched may be another's by now. */
static void start_over(struct lookout *l, size_t i)
{
	if (i >= l->customers.n)
		return;
	disarm(l, i);
	l->spot[i] = (struct lookout_spot){0};
}

static enum lookout_news rearm(struct lookout *l, size_t i)
{
	start_over(l, i);
	return lookout_at(l, i) == 0 ? LOOKOUT_NOTHING : LOOKOUT_MAIL;
}

static enum lookout_news news_of(struct lookout *l, const struct watch_event *e, size_t *i)
{
	if (e->what == WATCH_LOST)
		return LOOKOUT_LOST;
	if (e->id == l->list_id) {
		start_over(l, customers_find(&l->customers, e->name));
		return LOOKOUT_LIST;
	}
	*i = spot_of(l, e->id);
	if (*i == l->customers.n)
		return LOOKOUT_NOTHING;
	if (e->what == WATCH_GONE || !l->spot[*i].complete)
		return rearm(l, *i);
	lookout_touched(l, *i);
	return LOOKOUT_MAIL;
}

enum lookout_news lookout_next(struct lookout *l, size_t *i)
{
	enum lookout_news news = LOOKOUT_NOTHING;
	struct watch_event e;

	while (news == LOOKOUT_NOTHING && watch_next(&l->watch, &e))
		news = news_of(l, &e, i);
	return news;
}
