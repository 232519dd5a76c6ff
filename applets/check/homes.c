/* homes - the directories that users/assign names, by the rules of qmail-lspawn(8) and qmail-local(8). */
#include <string.h>

#include "box/boxes.h"
#include "check/internal.h"
#include "lib/join.h"
#include "qmail/assign.h"
#include "qmail/passwd.h"

/* A line for "example.com-" without a dash after the home: qmail-local looks for .qmailjoe. */
static void check_dash(struct check *c, size_t i, const struct assign_line *l)
{
	bool dash =
		(l->dash.n == 1 || (l->dash.n == 2 && l->dash.p[1] == '/')) && *l->dash.p == '-'; /* "-/": qmail-pw2u(8) */
	bool wants = l->wildcard && l->local.n > 1 && l->local.p[l->local.n - 1] == '-';

	if (!dash && (wants || l->dash.n > 0))
		check_found(c, &(struct finding){CHECK_ERROR, "no-dash", QMAIL_ASSIGN, i + 1, check_edit(c, QMAIL_ASSIGN, i + 1)},
		            "the field after the home is not a dash: qmail looks for .qmail%.*sNAME instead of .qmail-NAME, and mail is misdelivered",
		            l->dash.n < 100 ? (int)l->dash.n : 100, l->dash.p);
}

static bool check_relative(struct check *c, size_t i, const struct assign_line *l)
{
	if (l->home.n > 0 && *l->home.p == '/')
		return true;
	check_found(
		c, &(struct finding){CHECK_ERROR, "home-relative", QMAIL_ASSIGN, i + 1, check_edit(c, QMAIL_ASSIGN, i + 1)},
		"the home \"%.*s\" does not begin with a slash: qmail-local does not understand it, and the mail bounces",
		l->home.n < 1000 ? (int)l->home.n : 1000, l->home.p);
	return false;
}

/* Domains that share a home and its user are checked once. */
static bool is_seen(struct lines *seen, const struct home *h)
{
	char key[1100], uid[JOIN_NUMBER], gid[JOIN_NUMBER];
	const char *p;
	size_t n, at = 0;

	join(key, sizeof key, join_number(uid, h->v.uid, 1), ":", join_number(gid, h->v.gid, 1), ":", h->path, NULL);
	for (; (at = lines_find(seen, LINES_LIST, key, at)) != LINES_NONE; at++) {
		p = lines_at(seen, at, &n);
		if (strlen(key) == n && memcmp(p, key, n) == 0)
			return true;
	}
	lines_insert(seen, seen->n, key);
	return false;
}

/* The home of a line of users/assign, in path. False: too long to be meant as a path. */
static bool home_of(const struct check *c, const struct assign_line *l, char *path, size_t size, struct home *h)
{
	size_t n = l->home.n;

	if (n >= size)
		return false;
	while (n > 1 && l->home.p[n - 1] == '/')
		n--;
	join_part(path, size, l->home.p, n);
	h->path = path;
	h->ours = check_is_ours(c, path);
	h->v = h->ours ? check_popusr(c)
	               : (struct as_user){.ctx = c->ctx, .uid = assign_id(&l->uid), .gid = assign_id(&l->gid)};
	return true;
}

static void check_entry(struct check *c, size_t i, const struct assign_line *l, struct lines *seen)
{
	struct home h = {.line = i + 1, .dir = -1};
	char path[1024];
	struct boxes b;
	size_t errors;

	if (!home_of(c, l, path, sizeof path, &h))
		return;
	h.boxes = boxes_of_home(path, &b) == 0 ? &b : NULL;
	if (check_is_below(path, c->change.conf.popmail) && h.boxes != NULL) {
		check_note(&c->homes, path);
		check_note(&c->homes, b.dir);
	}
	check_ids(c, i, l, h.ours);
	check_dash(c, i, l);
	errors = c->errors;
	if (check_relative(c, i, l) && !is_seen(seen, &h))
		check_home(c, &h);
	c->table_doubted |= !h.ours && c->errors > errors; /* the line may name the wrong user */
}

/* Without a look at it. */
static void see_entry(struct check *c, const struct assign_line *l, struct lines *seen)
{
	struct home h = {0};
	char path[1024];

	if (l->home.n > 0 && *l->home.p == '/' && home_of(c, l, path, sizeof path, &h))
		is_seen(seen, &h);
}

/* With any .qmail file there, alias is meant to get mail for this host's own names; double bounces are sent to its postmaster. */
static void check_own_postmaster(struct check *c, const struct home *h)
{
	const struct routing_file *locals = &c->change.routing.file[ROUTING_LOCALS];
	struct passwd_user user;
	char path[PATH_MAX];

	join(path, sizeof path, h->path, "/.qmail-postmaster", NULL);
	if (h->files > 0 && !h->postmaster && !h->fallback && !(locals->seen.there && check_is_empty(&locals->lines)) &&
	    !check_passwd(c, "postmaster", &user))
		check_found(c, &(struct finding){CHECK_WARNING, "no-postmaster", path, 0, check_edit(c, path, 1)},
		            "is missing: postmaster of this host gets no mail, and double bounces reach nobody");
}

static void check_alias(struct check *c)
{
	struct home h = {.path = c->alias, .dir = -1};
	struct passwd_user user;

	if (*c->alias == '\0' || !check_passwd(c, "alias", &user))
		return;
	h.v = (struct as_user){.ctx = c->ctx, .uid = user.uid, .gid = user.gid};
	check_home(c, &h);
	check_own_postmaster(c, &h);
}

struct homes {
	struct lines seen; /* in the lines before this one */
	size_t line;
	bool ended;
};

/* check_halves() */
static void entries(struct check *c, void *homes, size_t from, size_t to)
{
	const struct lines *l = &c->change.routing.file[ROUTING_ASSIGN].lines;
	struct homes *h = homes;
	struct assign_line entry;
	enum assign_kind kind;
	const char *p, *why;
	size_t n;

	for (; h->line < to && !h->ended; h->line++) {
		p = lines_at(l, h->line, &n);
		kind = assign_parse(p, n, true, &entry, &why);
		h->ended = kind == ASSIGN_END;
		if (kind != ASSIGN_ENTRY || (entry.sign != '+' && entry.sign != '='))
			continue;
		if (h->line < from)
			see_entry(c, &entry, &h->seen);
		else
			check_entry(c, h->line, &entry, &h->seen);
	}
	c->report.failed |= lines_failed(&h->seen);
}

void check_homes(struct check *c)
{
	struct homes h = {0};

	lines_parse(&h.seen, "", 0);
	check_halves(c, c->change.routing.file[ROUTING_ASSIGN].lines.n, entries, &h);
	lines_free(&h.seen);
	check_alias(c);
	check_leave(c);
}
