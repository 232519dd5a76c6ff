/* routing - rcpthosts, virtualdomains, smtproutes and users/assign as one value: add and remove domains. */
#include "routing/routing.h"

#include <stdio.h>
#include <string.h>

#include "lib/join.h"
#include "qmail/assign.h"
#include "qmail/smtproutes.h"
#include "routing/where.h"

const char *domain_word(enum domain_form form)
{
	static const char *const words[] = {
		[DOMAIN_NONE] = "none",       [DOMAIN_POP] = "pop",     [DOMAIN_DIALUP] = "dialup",
		[DOMAIN_VIRTUAL] = "virtual", [DOMAIN_RELAY] = "relay", [DOMAIN_BACKUP] = "backup",
		[DOMAIN_LOCAL] = "local",
	};

	return words[form];
}

static int at_line(struct err *e, const struct routing *r, enum routing_name f, size_t line, const char *name,
                   const char *is)
{
	return err_perm(e, "%s%s:%zu: %s %s; see qv-domain show %s, or remove it with qv-domain del %s", r->root,
	                r->file[f].path, line + 1, name, is, name, name);
}

bool domain_is_virtual(const struct domain *d)
{
	return d->form == DOMAIN_POP || d->form == DOMAIN_DIALUP || d->form == DOMAIN_VIRTUAL;
}

static int check_not_local(struct err *e, const struct routing *r, const char *name)
{
	size_t at = routing_line(r, ROUTING_LOCALS, name);

	if (at != LINES_NONE)
		return err_perm(e, "%s%s:%zu: %s is a local domain, which takes precedence; remove this line and HUP qmail-send first",
		                r->root, r->file[ROUTING_LOCALS].path, at + 1, name);
	if (!r->file[ROUTING_LOCALS].seen.there && strcmp(r->me, name) == 0)
		return err_perm(e,
		                "%s" QMAIL_CONTROL "me:1: %s is the name of this host, and local because control/locals does not "
		                "exist; create control/locals without this name first",
		                r->root, name);
	return 0;
}

/* A map line with this key must have this value or not exist; value NULL: it must not exist. */
static int check_map(struct err *e, const struct routing *r, enum routing_name f, const char *key, const char *value,
                     const char *otherwise)
{
	size_t at = routing_line(r, f, key);
	size_t n;
	const char *p;

	if (at == LINES_NONE)
		return 0;
	p = lines_value(&r->file[f].lines, at, &n);
	if (value != NULL && strlen(value) == n && memcmp(p, value, n) == 0)
		return 0;
	return at_line(e, r, f, at, key + (*key == '.'), otherwise);
}

/* A line of smtproutes with this key must name the server of relay, with or without a login, or not exist. */
static int check_relayed(struct err *e, const struct routing *r, const char *key, const char *relay)
{
	size_t n, at = routing_line(r, ROUTING_SMTPROUTES, key);
	const char *value = at != LINES_NONE ? lines_value(&r->file[ROUTING_SMTPROUTES].lines, at, &n) : NULL;

	if (value == NULL || (relay != NULL && smtproutes_names(value, n, relay)))
		return 0;
	return at_line(e, r, ROUTING_SMTPROUTES, at, key + (*key == '.'),
	               relay != NULL ? "is already relayed to another host or port" : "is a relay domain");
}

/* The line with this key in file *f; a line of rcpthosts may be in morercpthosts, and *f is that then. */
static size_t line_of(const struct routing *r, enum routing_name *f, const char *key)
{
	return *f == ROUTING_RCPTHOSTS ? routing_accept_line(r, key, f) : routing_line(r, *f, key);
}

/* An existing domain must have been added with or without sub-domains, as want has it. */
static int check_subdomains(struct err *e, const struct routing *r, enum routing_name f, const struct domain *want)
{
	char dotted[NAME_DOMAIN_MAX + 2];
	enum routing_name of_base = f, of_sub = f;
	size_t base, sub;

	join(dotted, sizeof dotted, ".", want->name.text, NULL);
	base = line_of(r, &of_base, want->name.text);
	sub = line_of(r, &of_sub, dotted);
	if (base == LINES_NONE || (sub != LINES_NONE) == want->subdomains)
		return 0;
	return at_line(e, r, want->subdomains ? of_base : of_sub, want->subdomains ? base : sub, want->name.text,
	               want->subdomains ? "already exists without its sub-domains"
	                                : "already exists with its sub-domains");
}

static int check_accepted(struct err *e, const struct routing *r, const char *name, const char *otherwise)
{
	enum routing_name f = ROUTING_RCPTHOSTS;
	size_t at = routing_accept_line(r, name, &f);

	return at == LINES_NONE ? 0 : at_line(e, r, f, at, name, otherwise);
}

static void assign_text(const struct domain *d, char *to, size_t size)
{
	char uid[JOIN_NUMBER], gid[JOIN_NUMBER];

	join(to, size, "+", d->id, "-:", d->user, ":", join_number(uid, d->uid, 1), ":", join_number(gid, d->gid, 1), ":", d->home,
	     ":-:", d->ext, ":", NULL);
}

/* The whole table must be valid, as users/cdb is built from all of it; only a missing final dot is added. */
static int check_table(struct err *e, struct routing *r)
{
	const struct routing_file *f = &r->file[ROUTING_ASSIGN];
	struct assign_line l;
	const char *why, *p;
	size_t n;

	for (size_t i = 0; i < f->lines.n && !r->table_is_good; i++) {
		p = lines_at(&f->lines, i, &n);
		switch (assign_parse(p, n, true, &l, &why)) {
		case ASSIGN_ENTRY:
			break;
		case ASSIGN_END:
			i = f->lines.n - 1;
			break;
		case ASSIGN_BAD:
			return err_perm(e, "%s%s:%zu: %s", r->root, f->path, i + 1, why);
		}
	}
	r->table_is_good = true; /* and stays so: added lines are valid */
	return 0;
}

static int check_assign(struct err *e, const struct routing *r, const struct domain *want)
{
	const struct routing_file *f = &r->file[ROUTING_ASSIGN];
	struct assign_line l;
	char text[1600];
	const char *p, *why;
	size_t n, at = routing_assign_line(r, want->id);

	if (at == LINES_NONE)
		return 0;
	assign_text(want, text, sizeof text);
	p = lines_at(&f->lines, at, &n);
	if (n >= strlen(text) && memcmp(p, text, strlen(text)) == 0)
		return 0;
	if (assign_parse(p, n, true, &l, &why) == ASSIGN_ENTRY &&
	    (l.user.n != strlen(want->user) || memcmp(l.user.p, want->user, l.user.n) != 0))
		return err_perm(e, "%s%s:%zu: %s already belongs to %.*s, expected %s; see qv-domain show %s", r->root, f->path,
		                at + 1, want->id, (int)l.user.n, l.user.p, want->user, want->name.text);
	return err_perm(e, "%s%s:%zu: id %s already has a different entry; expected: %s", r->root, f->path, at + 1,
	                want->id, text);
}

/* All files except users/assign. */
static int check_routed(struct err *e, const struct routing *r, const struct domain *want)
{
	char dotted[NAME_DOMAIN_MAX + 2];

	join(dotted, sizeof dotted, ".", want->name.text, NULL);
	if (check_map(e, r, ROUTING_VIRTUALDOMAINS, want->name.text, want->id, "is already delivered under another id") < 0 ||
	    check_map(e, r, ROUTING_VIRTUALDOMAINS, dotted, want->subdomains ? want->id : NULL,
	              "already has its sub-domains delivered differently") < 0 ||
	    check_relayed(e, r, want->name.text, NULL) < 0 || check_relayed(e, r, dotted, NULL) < 0 ||
	    check_subdomains(e, r, ROUTING_VIRTUALDOMAINS, want) < 0)
		return -1;
	if (routing_line(r, ROUTING_VIRTUALDOMAINS, want->name.text) == LINES_NONE)
		return check_accepted(e, r, want->name.text, "is a backup MX domain");
	return 0;
}

static int check_virtual(struct err *e, struct routing *r, const struct domain *want)
{
	if (check_routed(e, r, want) < 0 || check_assign(e, r, want) < 0)
		return -1;
	return check_table(e, r);
}

static int check_remote(struct err *e, const struct routing *r, const struct domain *want)
{
	const char *relay = want->form == DOMAIN_RELAY ? want->relay : NULL;
	char dotted[NAME_DOMAIN_MAX + 2];

	join(dotted, sizeof dotted, ".", want->name.text, NULL);
	if (check_map(e, r, ROUTING_VIRTUALDOMAINS, want->name.text, NULL, "is already delivered here by virtualdomains") < 0 ||
	    check_map(e, r, ROUTING_VIRTUALDOMAINS, dotted, NULL, "already has its sub-domains delivered here by virtualdomains") < 0 ||
	    check_relayed(e, r, want->name.text, relay) < 0 || check_relayed(e, r, dotted, relay) < 0)
		return -1;
	if (relay == NULL)
		return check_subdomains(e, r, ROUTING_RCPTHOSTS, want);
	if (check_subdomains(e, r, ROUTING_SMTPROUTES, want) < 0)
		return -1;
	if (routing_line(r, ROUTING_SMTPROUTES, want->name.text) == LINES_NONE)
		return check_accepted(e, r, want->name.text, "is a backup MX domain");
	return 0;
}

static bool is_in(const struct domain *d, enum routing_name f)
{
	return f == ROUTING_RCPTHOSTS || (f == ROUTING_SMTPROUTES ? d->form == DOMAIN_RELAY : domain_is_virtual(d));
}

static void text_of(const struct domain *d, struct routing_text *t)
{
	if (t->file == ROUTING_ASSIGN)
		assign_text(d, t->text, sizeof t->text);
	else if (t->file == ROUTING_RCPTHOSTS)
		join(t->text, sizeof t->text, t->key, NULL);
	else
		join(t->text, sizeof t->text, t->key, ":", t->file == ROUTING_SMTPROUTES ? d->relay : d->id, NULL);
}

bool routing_text(const struct domain *d, size_t *i, struct routing_text *t)
{
	static const struct {
		enum routing_name file;
		bool dotted;
	} order[] = {
		{ROUTING_ASSIGN, false},    {ROUTING_VIRTUALDOMAINS, false}, {ROUTING_VIRTUALDOMAINS, true}, {ROUTING_SMTPROUTES, false},
		{ROUTING_SMTPROUTES, true}, {ROUTING_RCPTHOSTS, false},      {ROUTING_RCPTHOSTS, true},
	};

	for (; *i < sizeof order / sizeof *order; ++*i) {
		if (!is_in(d, order[*i].file) || (order[*i].dotted && !d->subdomains))
			continue;
		t->file = order[*i].file;
		join(t->key, sizeof t->key, order[*i].dotted ? "." : "", d->name.text, NULL);
		text_of(d, t);
		++*i;
		return true;
	}
	return false;
}

/* All but the line of users/assign. */
static void put_lines(struct routing *r, const struct domain *d)
{
	struct routing_text t;
	struct lines *l;
	enum routing_name f;

	for (size_t i = 0; routing_text(d, &i, &t);) {
		f = t.file;
		l = &r->file[f].lines;
		if (f != ROUTING_ASSIGN && line_of(r, &f, t.key) == LINES_NONE)
			lines_insert(l, l->n, t.text);
	}
}

static void put_assign(struct routing *r, const struct domain *d)
{
	struct lines *l = &r->file[ROUTING_ASSIGN].lines;
	size_t end = routing_assign_end(r);
	char text[1600];

	r->table_is_meant = true;
	if (end == l->n) /* add the missing final dot: qmail-newu would refuse the table */
		lines_insert(l, l->n, ".");
	if (routing_assign_line(r, d->id) != LINES_NONE)
		return;
	assign_text(d, text, sizeof text);
	lines_insert(l, end, text);
}

int routing_add(struct err *e, struct routing *r, const struct domain *want)
{
	if (check_not_local(e, r, want->name.text) < 0)
		return -1;
	if (domain_is_virtual(want) ? check_virtual(e, r, want) < 0 : check_remote(e, r, want) < 0)
		return -1;
	if (domain_is_virtual(want))
		put_assign(r, want);
	put_lines(r, want);
	return 0;
}

int routing_entry(struct err *e, struct routing *r, const struct domain *old)
{
	if (check_table(e, r) < 0)
		return -1;
	put_assign(r, old);
	return 0;
}

void routing_take_over(struct routing *r)
{
	struct err e;
	bool good = r->table_is_good;

	if (!r->cdb_is_old)
		return;
	r->table_is_good = false; /* an earlier check is not relied on */
	r->table_is_meant |= check_table(&e, r) == 0;
	r->table_is_good |= good;
}

int routing_alias(struct err *e, struct routing *r, const char *name, const struct domain *old)
{
	struct domain want = *old;

	join(want.name.text, sizeof want.name.text, name, NULL);
	if (check_not_local(e, r, name) < 0 || check_routed(e, r, &want) < 0 || check_table(e, r) < 0)
		return -1;
	put_lines(r, &want);
	return 0;
}

static void take_key(struct routing *r, enum routing_name f, const char *key)
{
	struct lines *l = &r->file[f].lines;
	size_t at;

	while ((at = routing_line(r, f, key)) != LINES_NONE)
		lines_remove(l, at);
}

void routing_del(struct routing *r, const struct domain *d)
{
	static const enum routing_name files[] = {
		ROUTING_RCPTHOSTS, ROUTING_MORERCPTHOSTS, ROUTING_VIRTUALDOMAINS, ROUTING_SMTPROUTES,
	};
	char dotted[NAME_DOMAIN_MAX + 2];
	size_t at;

	join(dotted, sizeof dotted, ".", d->name.text, NULL);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		take_key(r, files[i], d->name.text);
		take_key(r, files[i], dotted);
	}
	if (*d->id == '\0' || *d->alias_of != '\0')
		return;
	r->table_is_meant = true;
	at = routing_assign_line(r, d->id);
	if (at != LINES_NONE && routing_id_uses(r, d->id) == 0)
		lines_remove(&r->file[ROUTING_ASSIGN].lines, at);
}
