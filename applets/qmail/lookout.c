/* lookout - which dial-up hosts have mail: told by inotify where that works, by looking where it does not. */
#include "qmail/lookout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"

struct spot {
	bool tried;    /* to watch it */
	bool complete; /* what is watched is Maildir/new */
	bool quiet;    /* watched, and seen without mail since: no need to look */
};

/* What to do about it, said once. */
static void complain(struct lookout *l, int errnum, const char *name)
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

	if (l->complained)
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
	complain(l, errno, "");
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

/* serialmail, or the nearest directory above it that is there. -1: not even that. */
static int open_nearest(struct lookout *l, bool *is_above)
{
	char path[sizeof l->conf->serialmail];
	char *slash;
	int fd;

	snprintf(path, sizeof path, "%s", l->conf->serialmail);
	fd = fs_dir(l->ctx, path);
	*is_above = fd < 0;
	while (fd < 0 && (slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		fd = fs_dir(l->ctx, path);
	}
	return fd;
}

/* It may have been replaced by another directory, so it is asked for at each listing. True when it is to be asked for again. */
static bool watch_nearest(struct lookout *l)
{
	bool is_above;
	int fd = open_nearest(l, &is_above);
	int id = fd >= 0 ? watch_dir(&l->watch, fd, WATCH_ENTRIES) : -1;

	if (fd >= 0 && id < 0)
		complain(l, errno, "");
	if (fd >= 0)
		close(fd);
	if (l->list_id >= 0 && l->list_id != id)
		watch_end(&l->watch, l->list_id);
	l->list_id = id;
	return is_above && id >= 0;
}

/* What is missing may come between the look for it and the watch above it. */
static void watch_list(struct lookout *l)
{
	if (l->watch.fd >= 0 && watch_nearest(l))
		watch_nearest(l);
}

static void carry(struct lookout *l, const struct customers *now, struct spot *spot, int *id, size_t *was)
{
	size_t old;

	for (size_t i = 0; i < now->n; i++) {
		old = customers_find(&l->customers, customers_name(now, i));
		was[i] = old < l->customers.n ? old : SIZE_MAX;
		spot[i] = was[i] != SIZE_MAX ? l->spot[old] : (struct spot){0};
		id[i] = was[i] != SIZE_MAX ? l->id[old] : -1;
		if (was[i] != SIZE_MAX)
			l->id[old] = -1;
	}
}

/* What was not carried over is gone. */
static void forget(struct lookout *l)
{
	for (size_t i = 0; i < l->customers.n; i++)
		if (l->id[i] >= 0)
			watch_end(&l->watch, l->id[i]);
	free(l->spot);
	free(l->id);
	customers_free(&l->customers);
}

static int change(struct lookout *l, const struct customers *now, size_t **was)
{
	struct spot *spot = calloc(now->n + 1, sizeof *spot);
	int *id = calloc(now->n + 1, sizeof *id);

	*was = calloc(now->n + 1, sizeof **was);
	if (spot == NULL || id == NULL || *was == NULL) {
		free(spot);
		free(id);
		free(*was);
		return err_temp(&l->ctx->err, "out of memory");
	}
	carry(l, now, spot, id, *was);
	forget(l);
	l->customers = *now;
	l->spot = spot;
	l->id = id;
	return 0;
}

/* Armed first, listed then: what comes in between is seen twice rather than not at all. */
int lookout_list(struct lookout *l, size_t **was)
{
	struct customers now;
	int r;

	watch_list(l);
	r = customers_reload(l->ctx, l->conf, &l->customers, &now);
	if (r == 0)
		r = change(l, &now, was);
	if (r < 0)
		customers_free(&now);
	return r;
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
		complain(l, errno, customers_name(&l->customers, i));
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
	l->spot[i] = (struct spot){.tried = true, .complete = complete};
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
		l->spot[i] = (struct spot){0};
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
	l->spot[i] = (struct spot){0};
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
