/* domain_left - the remains of a deleted POP or dial-up domain. */
#include "setup/domain_left.h"

#include <limits.h>
#include <string.h>

#include "box/handles.h"
#include "box/home.h"
#include "box/logins_line.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/assign.h"
#include "setup/domain_files.h"

/* The home in line i of users/assign; false: none, or too long. */
static bool home_at(const struct routing *r, size_t i, char *home, size_t size)
{
	struct assign_line l;
	const char *why;
	size_t n;
	const char *p = lines_at(&r->file[ROUTING_ASSIGN].lines, i, &n);

	if (assign_parse(p, n, true, &l, &why) != ASSIGN_ENTRY || l.home.n >= size)
		return false;
	join_part(home, size, l.home.p, l.home.n);
	return true;
}

static bool is_led_to(const struct routing *r, const char *path)
{
	size_t end = routing_assign_end(r);
	char home[900];

	for (size_t i = 0; i < end; i++)
		if (home_at(r, i, home, sizeof home) && strcmp(home, path) == 0)
			return true;
	return false;
}

bool domain_was_last(const struct routing *r, const struct domain *d)
{
	size_t end = routing_assign_end(r);
	struct boxes mine, other;
	char home[900];

	domain_boxes(d, &mine);
	for (size_t i = 0; i < end; i++)
		if (home_at(r, i, home, sizeof home) &&
		    (strcmp(home, d->home) == 0 || (boxes_of_home(home, &other) == 0 && strcmp(other.dir, mine.dir) == 0)))
			return false;
	return true;
}

int domain_login_dirs(struct ctx *ctx, const struct logins *t, struct sorted *dirs)
{
	struct logins_line l;
	const char *p;
	size_t n;

	for (size_t i = 0; i < t->lines.n; i++) {
		p = lines_at(&t->lines, i, &n);
		if (logins_line(p, n, &l) == LOGINS_BOX && !l.suspended && l.hash.n > 0)
			sorted_add(dirs, l.dir.p, l.dir.n);
	}
	return sorted_ready(dirs) < 0 ? err_temp(&ctx->err, "out of memory") : 0;
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

static size_t below(const struct sorted *dirs, const char *path)
{
	char first[PATH_MAX + 1];
	size_t i, from;

	join(first, sizeof first, path, "/", NULL);
	from = sorted_from(dirs, first);
	for (i = from; i < dirs->n && is_below(dirs->at[i], path); i++)
		;
	return i - from;
}

size_t domain_logins(const struct sorted *dirs, const struct boxes *b)
{
	if (*b->home == '\0' || is_below(b->home, b->dir))
		return below(dirs, b->dir);
	return below(dirs, b->home) + (is_below(b->dir, b->home) || strcmp(b->dir, b->home) == 0 ? 0 : below(dirs, b->dir));
}

struct search {
	const struct change *c;
	const char *name;
	struct domain *d;
};

/* Look for an unused home of this form. 0, found or not, or -1. */
static int try(struct ctx *ctx, const struct search *s, enum domain_form form, const char *handle)
{
	struct domain left = {.form = form, .dash = "-"};
	struct stat st;
	int r;

	if (s->d->form != DOMAIN_NONE || strlen(handle) >= sizeof left.user)
		return 0;
	join(left.name.text, sizeof left.name.text, s->name, NULL);
	join(left.user, sizeof left.user, handle, NULL);
	domain_files_home(&s->c->conf, &left);
	r = fs_stat(ctx, left.home, &st);
	if (r == 0 && S_ISDIR(st.st_mode) && !is_led_to(&s->c->routing, left.home))
		*s->d = left;
	return r < 0 ? -1 : 0;
}

static int try_pop(struct ctx *ctx, void *arg, const char *handle)
{
	return try(ctx, arg, DOMAIN_POP, handle);
}

int domain_left(struct ctx *ctx, const struct change *c, const char *name, struct domain *d)
{
	struct search s = {c, name, d};

	*d = (struct domain){.form = DOMAIN_NONE};
	if (try(ctx, &s, DOMAIN_DIALUP, "") < 0 || handles_each(ctx, &c->conf, try_pop, &s) < 0)
		return -1;
	return d->form == DOMAIN_NONE;
}
