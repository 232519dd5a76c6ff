/* homes - the directories that users/assign names, by the rules of qmail-lspawn(8) and qmail-local(8). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "box/boxes.h"
#include "check/internal.h"
#include "lib/dents.h"
#include "lib/fs.h"
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

/* The mode that lets its user enter, and nobody else write: see check_give(). */
static const char *give_mode(struct check *c, const struct home *h, const struct stat *st)
{
	if (!h->ours)
		return check_command(c, "chmod a+x,go-w ", h->path, CHECK_END);
	return check_give(c, h->path, &(struct owner){((st->st_mode & 07777) | 0711) & ~(mode_t)022, (uid_t)-1, (gid_t)-1});
}

static void check_home_mode(struct check *c, const struct home *h, const struct stat *st)
{
	if (st->st_mode & 002)
		check_found(c, &(struct finding){CHECK_ERROR, "home-writable", h->path, 0, give_mode(c, h, st)},
		            "everybody may write there: qmail delivers nothing, and the mail waits");
	else if (st->st_mode & S_ISVTX)
		check_found(c,
		            &(struct finding){CHECK_ERROR, "home-sticky", h->path, 0,
		                              check_command(c, "chmod -t ", h->path, CHECK_END)},
		            "is sticky, which tells qmail that its .qmail files are being edited: the mail waits");
	else if (st->st_mode & 020)
		check_found(c, &(struct finding){CHECK_WARNING, "home-writable", h->path, 0, give_mode(c, h, st)},
		            "its group may write there: a qmail built with conf-patrn 022 delivers nothing, and the mail waits");
	else if (!as_user_may(&h->v, st, 1))
		check_found(c, &(struct finding){CHECK_ERROR, "home-closed", h->path, 0, give_mode(c, h, st)},
		            "%s may not enter it: qmail delivers nothing, and the mail waits", check_who(c, h->v.uid));
}

/* The home of a dial-up host often belongs to root. */
static void check_home_owner(struct check *c, const struct home *h, const struct stat *st)
{
	const struct conf *conf = &c->change.conf;
	struct owner want;

	if (!h->ours || st->st_uid == conf->uid || (st->st_uid == 0 && check_is_below(h->path, conf->serialmail)))
		return;
	want = (struct owner){(st->st_mode & 07777) | 0700, conf->uid, conf->gid};
	check_found(c, &(struct finding){CHECK_WARNING, "owner", h->path, 0, check_give(c, h->path, &want)},
	            "belongs to uid %lu, not to %s: that user can redirect this mail, and %s may not have access",
	            (unsigned long)st->st_uid, conf->popuser, conf->popuser);
}

/* ".qmail-/": where the dash field is "-/". */
static bool is_shelf(const struct home *h, const char *name)
{
	struct stat st;

	return strcmp(name, ".qmail-") == 0 && fstatat(h->dir, name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/* False: reported; the .qmail files there are not known. */
static bool unlisted(struct check *c, const char *path)
{
	err_sys(&c->ctx->err, "unable to list %s%s", c->ctx->root, path);
	check_unreadable(c, path);
	check_note(&c->blocked, path);
	c->homes_missing = true;
	return false;
}

static bool check_files(struct check *c, struct home *h)
{
	const struct dent *e;
	struct dents d;

	dents_begin(&d, h->dir);
	while ((e = dents_next(&d)) != NULL)
		if (strncasecmp(e->name, ".qmail", 6) == 0 && (e->name[6] == '-' || e->name[6] == '\0') && !is_shelf(h, e->name)) {
			check_dotqmail(c, h, e->name);
			h->files++;
		}
	return !d.failed || unlisted(c, h->path);
}

/* Only the purpose of homes in our layout is known. */
static void check_last_resort(struct check *c, const struct home *h)
{
	const struct conf *conf = &c->change.conf;
	const char *name = strrchr(h->path, '/') + 1;
	char file[1100];

	if (check_is_below(h->path, conf->popmail) && !h->postmaster && !h->fallback) {
		check_found(c,
		            &(struct finding){CHECK_WARNING, "no-postmaster", h->path, 0,
		                              check_command(c, "qv-mailbox add postmaster@", check_quoted, name, check_root,
		                                            CHECK_END)},
		            "has no postmaster, whose mail must be accepted (RFC 5321 4.5.1): it bounces");
	}
	join(file, sizeof file, h->path, "/.qmail-default", NULL);
	if (check_is_below(h->path, conf->serialmail) && !h->fallback) {
		check_found(c, &(struct finding){CHECK_ERROR, "no-default", h->path, 0, NULL},
		            "has no .qmail-default: mail for this host bounces");
		plan_text(&c->change.files, file, &(struct owner){0644, conf->uid, conf->gid}, "./Maildir/\n");
	}
}

static void no_home(struct check *c, const struct home *h, bool in_the_way)
{
	const char *path = h->path, *mend, *owner;
	char ids[48];

	snprintf(ids, sizeof ids, "%lu:%lu", (unsigned long)h->v.uid, (unsigned long)h->v.gid);
	owner = h->ours ? check_popuser : ids;
	mend = in_the_way ? check_command(c, "mv -n ", path, " ", path, ".old && mkdir ", path, " && chown ", owner, " ", path,
	                                  CHECK_END)
	                  : check_command(c, "mkdir -p ", path, " && chown ", owner, " ", path, CHECK_END);

	check_found(c, &(struct finding){CHECK_ERROR, "no-home", QMAIL_ASSIGN, h->line, mend},
	            "%s %s: the mail waits until it bounces", path, in_the_way ? "is not a directory" : "does not exist");
}

/* False: reported. A home may be a link where only root can make one. */
static bool open_home(struct check *c, struct home *h)
{
	int r = fs_dir_if(c->ctx, h->path, &h->dir);
	struct stat st;

	if (r == 0)
		return true;
	c->homes_missing = true;
	if (r == 1 || (fs_stat(c->ctx, h->path, &st) == 0 && !S_ISLNK(st.st_mode) && !S_ISDIR(st.st_mode))) {
		no_home(c, h, r < 0);
		c->ctx->err = (struct err){0};
		return false;
	}
	check_unreadable(c, h->path);
	check_note(&c->blocked, h->path);
	return false;
}

static void look_into(struct check *c, struct home *h)
{
	struct stat st;
	size_t found = c->found;

	if (fstat(h->dir, &st) < 0) {
		unlisted(c, h->path);
		return;
	}
	if (h->ours && h->boxes != NULL)
		sorted_add(&c->pops, h->boxes->dir, strlen(h->boxes->dir));
	if (check_knows(c, h->path, &st))
		check_home_owner(c, h, &st);
	if (!c->ids_missing && (!h->ours || st.st_uid == c->change.conf.uid))
		check_home_mode(c, h, &st);
	if (!check_files(c, h))
		return;
	check_last_resort(c, h);
	if ((c->found > found || h->wants) && h->boxes != NULL)
		check_note(&c->doubtful_pops, h->boxes->dir);
}

static void stay_near(struct check *c, const struct home *h)
{
	size_t customer;

	if (!h->ours || h->boxes == NULL)
		return;
	customer = (size_t)(strrchr(h->boxes->dir, '/') - h->boxes->dir);
	check_stay(c, h->path, (size_t)((const char *)memrchr(h->path, '/', customer) - h->path));
	check_stay(c, h->path, customer);
}

static void check_home(struct check *c, struct home *h)
{
	stay_near(c, h);
	if (h->ours && !check_way(c, &h->v, h->path)) {
		c->homes_missing = true;
	} else if (open_home(c, h)) {
		look_into(c, h);
		close(h->dir);
	}
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
