/* serve - how a domain is served, from all lines that concern it; and a listing of all domains. */
#include "routing/where.h"

#include <string.h>

#include "lib/join.h"
#include "qmail/assign.h"
#include "qmail/smtproutes.h"

static void fold(char *s)
{
	name_fold_all(s, strlen(s));
}

/* The fields of line at of users/assign, into d. */
static bool look_entry(const struct routing *r, size_t at, struct domain *d)
{
	struct assign_line l;
	const char *p, *why;
	size_t n;

	p = lines_at(&r->file[ROUTING_ASSIGN].lines, at, &n);
	if (assign_parse(p, n, true, &l, &why) != ASSIGN_ENTRY)
		return false;
	join_part(d->user, sizeof d->user, l.user.p, l.user.n);
	join_part(d->home, sizeof d->home, l.home.p, l.home.n);
	join_part(d->dash, sizeof d->dash, l.dash.p, l.dash.n);
	join_part(d->ext, sizeof d->ext, l.ext.p, l.ext.n);
	fold(d->ext);
	d->uid = assign_id(&l.uid);
	d->gid = assign_id(&l.gid);
	if (l.local.n > 1 && l.local.p[l.local.n - 1] == '-')
		join_part(d->id, sizeof d->id, l.local.p, l.local.n - 1);
	return l.wildcard;
}

static bool below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

static enum domain_form form_by_home(const struct conf *conf, const char *home)
{
	if (below(home, conf->popmail))
		return DOMAIN_POP;
	return below(home, conf->serialmail) ? DOMAIN_DIALUP : DOMAIN_VIRTUAL;
}

static bool has_id(const struct lines *l, size_t at, const char *id)
{
	size_t n;
	const char *p = lines_value(l, at, &n);

	return n == strlen(id) && memcmp(p, id, n) == 0;
}

/*
 * A home in our layout is named after the domain it was made for. While that domain is served with the same id, any other
 * name with this home is its alias.
 */
static void look_alias(const struct routing *r, struct domain *d)
{
	const char *owner = strrchr(d->home, '/');
	const struct lines *l = &r->file[ROUTING_VIRTUALDOMAINS].lines;
	size_t at;

	if (d->form == DOMAIN_VIRTUAL || owner == NULL || strcmp(owner + 1, d->name.text) == 0)
		return;
	at = lines_find_last(l, LINES_MAP, owner + 1);
	if (at != LINES_NONE && has_id(l, at, d->id))
		join_part(d->alias_of, sizeof d->alias_of, owner + 1, strlen(owner + 1));
}

static void look_virtual(const struct routing *r, const struct conf *conf, size_t at, struct domain *d)
{
	char id[sizeof d->id];
	size_t n;
	const char *p = lines_value(&r->file[ROUTING_VIRTUALDOMAINS].lines, at, &n);

	join_part(id, sizeof id, p, n);
	at = routing_assign_line(r, id);
	if (at != LINES_NONE)
		look_entry(r, at, d);
	memcpy(d->id, id, sizeof id);
	d->form = form_by_home(conf, d->home);
	look_alias(r, d);
}

/* The file and line that decide how NAME or .NAME is served. */
static size_t deciding_line(const struct routing *r, const char *key, enum routing_name *f)
{
	static const enum routing_name order[] = {ROUTING_LOCALS, ROUTING_VIRTUALDOMAINS, ROUTING_SMTPROUTES};
	size_t at;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		*f = order[i];
		at = routing_line(r, *f, key);
		if (at != LINES_NONE)
			return at;
	}
	return routing_accept_line(r, key, f);
}

/* Line at of users/assign, if its home is in our layout, has the domain's name, and no id of virtualdomains leads to it. */
static bool is_left_over(const struct routing *r, const struct conf *conf, size_t at, const char *name, struct domain *d)
{
	const char *slash;

	if (!look_entry(r, at, d))
		return false;
	slash = strrchr(d->home, '/');
	d->form = form_by_home(conf, d->home);
	return slash != NULL && strcmp(slash + 1, name) == 0 && d->form != DOMAIN_VIRTUAL && routing_id_uses(r, d->id) == 0;
}

/* After an interrupted deletion only the line in users/assign whose home has the domain's name is left: the first of them. */
static void look_left_over(const struct routing *r, const struct conf *conf, struct domain *d)
{
	const struct lines *l = &r->file[ROUTING_ASSIGN].lines;
	const struct name_domain name = d->name;
	size_t end = routing_assign_end(r);

	for (size_t i = l->n; (i = lines_find_before(l, LINES_HOME, name.text, i)) != LINES_NONE;) {
		struct domain found = {.name = name};

		if (i < end && is_left_over(r, conf, i, name.text, &found))
			*d = found;
	}
}

/* The relay host, without the login. */
static void look_relay(const struct routing *r, size_t at, struct domain *d)
{
	struct buf shown = BUF(sizeof d->relay);
	size_t n;
	const char *p = lines_value(&r->file[ROUTING_SMTPROUTES].lines, at, &n);

	d->form = DOMAIN_RELAY;
	d->logs_in = smtproutes_login(p, n) < n;
	smtproutes_show(&shown, p, n);
	join_part(d->relay, sizeof d->relay, buf_text(&shown), shown.len);
	buf_free(&shown);
}

void routing_look(const struct routing *r, const struct conf *conf, const char *name, struct domain *d)
{
	char dotted[NAME_DOMAIN_MAX + 2];
	enum routing_name f, sub;
	size_t at;

	*d = (struct domain){.form = DOMAIN_NONE};
	join_part(d->name.text, sizeof d->name.text, name, strlen(name));
	join(dotted, sizeof dotted, ".", name, NULL);
	d->subdomains = deciding_line(r, dotted, &sub) != LINES_NONE;
	d->accepted = routing_accept_line(r, name, &f) != LINES_NONE;
	at = deciding_line(r, name, &f);
	if (at == LINES_NONE)
		at = deciding_line(r, dotted, &f);
	if (at == LINES_NONE) {
		look_left_over(r, conf, d);
		return;
	}
	switch (f) {
	case ROUTING_LOCALS:
		d->form = DOMAIN_LOCAL;
		break;
	case ROUTING_VIRTUALDOMAINS:
		look_virtual(r, conf, at, d);
		break;
	case ROUTING_SMTPROUTES:
		look_relay(r, at, d);
		break;
	case ROUTING_RCPTHOSTS:
	case ROUTING_MORERCPTHOSTS:
	case ROUTING_ASSIGN:
	case ROUTING_FILES:
		d->form = DOMAIN_BACKUP;
		break;
	}
}

bool routing_next_alias(const struct routing *r, const struct conf *conf, const struct domain *of, size_t *at,
                        struct name_domain *name)
{
	const struct lines *l = &r->file[ROUTING_VIRTUALDOMAINS].lines;
	struct domain d;
	const char *p;
	size_t n;

	for (; *at < l->n; ++*at) {
		if (!lines_key(l, LINES_MAP, *at, &p, &n) || n == 0 || n > NAME_DOMAIN_MAX || *p == '.' ||
		    !has_id(l, *at, of->id))
			continue;
		join_part(name->text, sizeof name->text, p, n);
		fold(name->text);
		if (lines_find_last(l, LINES_MAP, name->text) != *at)
			continue;
		routing_look(r, conf, name->text, &d);
		if (strcmp(d.alias_of, of->name.text) != 0)
			continue;
		++*at;
		return true;
	}
	return false;
}

/* Files that name domains, in the order of a listing. */
static const enum routing_name listed[] = {
	ROUTING_RCPTHOSTS, ROUTING_MORERCPTHOSTS, ROUTING_VIRTUALDOMAINS, ROUTING_SMTPROUTES, ROUTING_LOCALS,
};

static bool name_at(const struct routing *r, size_t file, size_t i, struct name_domain *name)
{
	const char *p;
	size_t n;

	if (!lines_key(&r->file[listed[file]].lines, routing_kind(listed[file]), i, &p, &n))
		return false;
	if (n > 0 && p[0] == '.') {
		p++;
		n--;
	}
	if (n == 0 || n > NAME_DOMAIN_MAX || memchr(p, '@', n) != NULL)
		return false;
	join_part(name->text, sizeof name->text, p, n);
	fold(name->text);
	return true;
}

/* True if an earlier line of this file or an earlier file already named it. */
static bool seen_before(const struct routing *r, size_t file, size_t i, const char *name)
{
	char dotted[NAME_DOMAIN_MAX + 2];
	enum lines_key k;
	const struct lines *l;

	join(dotted, sizeof dotted, ".", name, NULL);
	for (size_t f = 0; f <= file; f++) {
		l = &r->file[listed[f]].lines;
		k = routing_kind(listed[f]);
		for (int dot = 0; dot < 2; dot++) {
			size_t at = lines_find(l, k, dot ? dotted : name, 0);

			if (at != LINES_NONE && (f < file || at < i))
				return true;
		}
	}
	return false;
}

bool routing_next(const struct routing *r, size_t *at, struct name_domain *name)
{
	size_t first = 0;

	for (size_t f = 0; f < sizeof listed / sizeof *listed; f++) {
		size_t n = r->file[listed[f]].lines.n;

		for (; *at < first + n; ++*at)
			if (name_at(r, f, *at - first, name) && !seen_before(r, f, *at - first, name->text)) {
				++*at;
				return true;
			}
		first += n;
	}
	return false;
}
