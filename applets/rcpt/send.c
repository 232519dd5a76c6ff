/* send - qmail-send: local or remote, by which name? */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "qmail/rewrite.h"
#include "qmail/sift.h"
#include "qmail/virtualdomains.h"
#include "rcpt/internal.h"

/* 0, with an empty map where the file does not exist; 1: the way has ended. */
static int load(struct rcpt_way *w, enum rcpt_file which, struct constmap *map)
{
	int errnum;
	const struct mapped *m = rcpt_file(w->r, which, &errnum);

	*map = (struct constmap){.p = m->p, .n = m->p != NULL ? m->n : 0};
	return errnum != 0 && errnum != ENOENT ? rcpt_unsure(w, rcpt_path(which), "%s", strerror(errnum)) : 0;
}

static bool exists(struct rcpt_way *w, enum rcpt_file which)
{
	int errnum;

	rcpt_file(w->r, which, &errnum);
	return errnum != ENOENT;
}

static void first_line(struct constmap *map)
{
	const char *lf = map->n > 0 ? memchr(map->p, '\n', map->n) : NULL;

	if (lf != NULL)
		map->n = (size_t)(lf - map->p);
	while (map->n > 0 && (map->p[map->n - 1] == ' ' || map->p[map->n - 1] == '\t'))
		map->n--;
}

/* Without control/locals the host's own name is local. */
static int load_locals(struct rcpt_way *w, struct constmap *map)
{
	bool listed = exists(w, RCPT_LOCALS);

	if (!listed && !exists(w, RCPT_ME))
		return rcpt_unsure(w, rcpt_path(RCPT_ME), "neither it nor control/locals exists: qmail-send does not start");
	if (load(w, listed ? RCPT_LOCALS : RCPT_ME, map) != 0)
		return 1;
	if (!listed)
		first_line(map);
	return 0;
}

/* What an address without "@" gets. */
static int load_envnoathost(struct rcpt_way *w, const char *address, struct buf *to)
{
	struct constmap line = {.p = "envnoathost", .n = strlen("envnoathost")};
	enum rcpt_file which;

	if (strchr(address, '@') != NULL)
		return 0;
	which = exists(w, RCPT_ENVNOATHOST) ? RCPT_ENVNOATHOST : RCPT_ME;
	if (exists(w, which) && load(w, which, &line) != 0)
		return 1;
	first_line(&line);
	buf_add(to, line.p, line.n);
	return 0;
}

static int load_maps(struct rcpt_way *w, const char *address, struct buf *envnoathost, struct rewrite_maps *maps)
{
	int e = load(w, RCPT_PERCENTHACK, &maps->percenthack);

	if (e == 0)
		e = load_locals(w, &maps->locals);
	if (e == 0)
		e = load_envnoathost(w, address, envnoathost);
	maps->envnoathost = buf_text(envnoathost);
	return e;
}

/* By the index of a large virtualdomains, if it has one. False: look at the file itself. */
static bool ask_index(struct rcpt_way *w, const struct buf *address, struct buf *lines)
{
	int errnum;
	const struct mapped *text = rcpt_file(w->r, RCPT_VIRTUALDOMAINS, &errnum), *cdb;
	struct cdbfile_view view;

	if (text->n < VIRTUALDOMAINS_LARGE)
		return false;
	cdb = rcpt_file(w->r, RCPT_VIRTUAL_CDB, &errnum);
	if (cdb->fd < 0 || !virtualdomains_is_indexed(&text->st, &cdb->st, time(NULL)))
		return false;
	view = (struct cdbfile_view){cdb->fd, cdb->p, cdb->n};
	return virtualdomains_find(&view, text->n, buf_text(address), address->len, lines) == 0;
}

/* All of virtualdomains, with an index for many addresses. */
static int load_all(struct rcpt_way *w, struct constmap *map)
{
	int e = load(w, RCPT_VIRTUALDOMAINS, map);

	map->index = w->r->virtualdomains;
	return e;
}

/* The lines of virtualdomains that decide about the address. 0; 1: the way has ended. */
static int load_virtual(struct rcpt_way *w, const struct buf *address, struct buf *lines, struct constmap *map)
{
	if (w->r->virtualdomains != NULL)
		return load_all(w, map);
	if (!ask_index(w, address, lines)) {
		if (load(w, RCPT_VIRTUALDOMAINS, map) != 0)
			return 1;
		sift(map, buf_text(address), address->len, lines);
	}
	*map = (struct constmap){.p = buf_text(lines), .n = lines->len};
	return 0;
}

static int route(struct rcpt_way *w, struct rewrite_maps *maps, struct buf *address)
{
	struct buf lines = BUF(RCPT_TEXT_MAX);
	struct constmap_entry e;
	struct rewrite how;
	bool failed;

	while (rewrite_step(maps, address, &e))
		;
	if (load_virtual(w, address, &lines, &maps->virtualdomains) != 0) {
		buf_free(&lines);
		return 1;
	}
	rewrite(maps, address, &w->rewritten, &how);
	failed = buf_failed(&lines) || buf_failed(address) || buf_failed(&w->rewritten);
	buf_free(&lines);
	if (failed)
		return rcpt_unsure(w, rcpt_path(RCPT_VIRTUALDOMAINS), "too many lines for one address");
	return how.how == REWRITE_LOCAL || how.how == REWRITE_VIRTUAL ? 0 : rcpt_yes(w);
}

int rcpt_send(struct rcpt_way *w, const char *address)
{
	struct buf envnoathost = BUF(RCPT_TEXT_MAX), now = BUF(RCPT_TEXT_MAX);
	struct rewrite_maps maps;
	int e = load_maps(w, address, &envnoathost, &maps);

	buf_str(&now, address);
	if (e == 0)
		e = route(w, &maps, &now);
	buf_free(&now);
	buf_free(&envnoathost);
	return e;
}
