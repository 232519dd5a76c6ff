/* arrivals_list - which customers there are, and what is known of those that stay. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "master/arrivals.h"

/* serialmail, or the nearest directory above it that exists. -1: none. */
static int open_nearest(struct arrivals *l, bool *is_above)
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
static bool watch_nearest(struct arrivals *l)
{
	bool is_above;
	int fd = open_nearest(l, &is_above);
	int id = fd >= 0 ? watch_dir(&l->watch, fd, WATCH_ENTRIES) : -1;

	if (fd >= 0 && id < 0)
		arrivals_complain(l, errno, "");
	if (fd >= 0)
		close(fd);
	if (l->list_id >= 0 && l->list_id != id)
		watch_end(&l->watch, l->list_id);
	l->list_id = id;
	return is_above && id >= 0;
}

/* A missing directory may be made between the look for it and the watch above it. */
static void watch_list(struct arrivals *l)
{
	if (l->watch.fd >= 0 && watch_nearest(l))
		watch_nearest(l);
}

static void carry(struct arrivals *l, const struct hosts *now, struct arrivals_spot *spot, int *id, size_t *was)
{
	size_t old;

	for (size_t i = 0; i < now->n; i++) {
		old = hosts_find(&l->hosts, hosts_name(now, i));
		was[i] = old < l->hosts.n ? old : SIZE_MAX;
		spot[i] = was[i] != SIZE_MAX ? l->spot[old] : (struct arrivals_spot){0};
		id[i] = was[i] != SIZE_MAX ? l->id[old] : -1;
		if (was[i] != SIZE_MAX)
			l->id[old] = -1;
	}
}

/* Directories that were not carried over no longer exist. */
static void forget(struct arrivals *l)
{
	for (size_t i = 0; i < l->hosts.n; i++)
		if (l->id[i] >= 0)
			watch_end(&l->watch, l->id[i]);
	free(l->spot);
	free(l->id);
	hosts_free(&l->hosts);
}

/* All that is new, or nothing. */
static int change(struct arrivals *l, const struct hosts *now, size_t **was, void **mine, size_t size)
{
	struct arrivals_spot *spot = calloc(now->n + 1, sizeof *spot);
	int *id = calloc(now->n + 1, sizeof *id);

	*was = calloc(now->n + 1, sizeof **was);
	*mine = calloc(now->n + 1, size);
	if (spot == NULL || id == NULL || *was == NULL || *mine == NULL) {
		free(spot);
		free(id);
		free(*was);
		free(*mine);
		return err_temp(&l->ctx->err, "out of memory");
	}
	carry(l, now, spot, id, *was);
	forget(l);
	l->hosts = *now;
	l->spot = spot;
	l->id = id;
	arrivals_reorder(l);
	return 0;
}

/* Armed first, listed then: what comes in between is seen twice rather than not at all. */
int arrivals_list(struct arrivals *l, size_t **was, void **mine, size_t size)
{
	struct hosts now;
	int r;

	watch_list(l);
	r = hosts_reload(l->ctx, l->conf, &l->hosts, &now);
	if (r == 0)
		r = change(l, &now, was, mine, size);
	if (r < 0)
		hosts_free(&now);
	return r;
}
