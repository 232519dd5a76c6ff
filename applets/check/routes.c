/* routes - do virtualdomains, users/assign and locals agree with each other? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/internal.h"
#include "lib/join.h"
#include "qmail/assign.h"
#include "routing/where.h"

static const char virtualdomains[] = QMAIL_CONTROL "virtualdomains";

struct routes {
	struct buf text;
	struct check_names ids; /* that virtualdomains names, in text */
};

/* qmail looks for the longest + line. */
bool check_is_assigned(const struct check *c, const char *id)
{
	const struct routing *r = &c->change.routing;
	const struct lines *l = &r->file[ROUTING_ASSIGN].lines;
	size_t end = routing_assign_end(r);
	char key[NAME_DOMAIN_MAX + 4];

	for (size_t n = join(key, sizeof key, "+", id, "-", NULL); n > 0; key[--n] = '\0')
		if (lines_find(l, LINES_ASSIGN, key, 0) < end)
			return true;
	return false;
}

static bool is_dead(const struct check *c, const char *id)
{
	char folded[NAME_DOMAIN_MAX + 2];
	size_t n = 0;

	for (; id[n] != '\0' && n + 1 < sizeof folded; n++)
		folded[n] = name_fold(id[n]);
	folded[n] = '\0';
	return check_noted(&c->dead_ids, folded);
}

/* Some user gets mail for ID-anything. */
static bool is_led(const struct check *c, const char *id)
{
	return is_dead(c, id) || check_is_assigned(c, id) || strcmp(id, "alias") == 0 || strncmp(id, "alias-", 6) == 0 ||
	       check_is_user(c, id);
}

/* How line i of virtualdomains gets its line in users/assign. */
static const char *mend_lead(struct check *c, size_t i, const char *key, const char *id)
{
	const char *hint = strpbrk(key, "@*") == NULL && strchr(id, ' ') == NULL ? *key == '.' ? key + 1 : key : "";

	if (c->table_open)
		return check_edit(c, QMAIL_ASSIGN, routing_assign_end(&c->change.routing));
	if (*hint == '\0')
		return check_edit(c, virtualdomains, i + 1);
	return check_command(c, "qv-domain del ", check_quoted, hint, check_root, " # and add it again", CHECK_END);
}

/* Mail for these addresses gets the prefix ID-: does any user get it? */
static void check_leads(struct check *c, size_t i, const char *key, const char *id)
{
	if (*id != '\0' && id[strlen(id) - 1] == '-')
		check_found(c,
		            &(struct finding){CHECK_ERROR, "dash-behind", virtualdomains, i + 1,
		                              check_edit(c, virtualdomains, i + 1)},
		            "%s ends in a dash, and qmail adds another one: mail for %s is delivered to names that begin with a dash, and bounces",
		            id, key);
	else if (is_led(c, id) ||
	         (*key == '.' && routing_line(&c->change.routing, ROUTING_VIRTUALDOMAINS, key + 1) != LINES_NONE))
		return; /* or it is reported for the domain itself */
	else
		check_found(c, &(struct finding){CHECK_ERROR, "no-assign", virtualdomains, i + 1, mend_lead(c, i, key, id)},
	            "users/assign has no line +%s-: mail for %s is handed to user alias, and bounces", id, key);
}

/* ".d" without "d": the sub-domains' mail is delivered here, the domain's own is not. */
static void check_sub_alone(struct check *c, size_t i, const char *key, const char *id)
{
	const struct routing *r = &c->change.routing;
	char line[32];

	if (*key != '.' || check_is_mapped(c, ROUTING_VIRTUALDOMAINS, key + 1) ||
	    routing_line(r, ROUTING_LOCALS, key + 1) != LINES_NONE)
		return;
	snprintf(line, sizeof line, "sed -i %zui", i + 1);
	check_found(c,
	            &(struct finding){CHECK_WARNING, "sub-domains-alone", virtualdomains, i + 1,
	                              check_command(c, line, check_quoted, key + 1, ":", check_quoted, id, " ",
	                                            virtualdomains, c->ctx->offline ? "" : " && qv-hup", CHECK_END)},
	            "%s is listed, but %s itself is not: mail for the domain itself is sent out to the Internet", key, key + 1);
}

static void check_local(struct check *c, size_t i, const char *key)
{
	const struct routing *r = &c->change.routing;
	bool me = !r->file[ROUTING_LOCALS].seen.there && strcmp(key, r->me) == 0;
	size_t line = routing_line(r, ROUTING_LOCALS, key);
	const char *p = key;
	size_t n = strlen(key);

	if (!me && line == LINES_NONE)
		return;
	if (!me)
		p = lines_at(&r->file[ROUTING_LOCALS].lines, line, &n);
	check_found(c,
	            &(struct finding){CHECK_ERROR, "local-too", virtualdomains, i + 1,
	                              me ? check_delete(c, virtualdomains, i + 1, p, n)
	                                 : check_delete(c, QMAIL_CONTROL "locals", line + 1, p, n)},
	            "%s is also local (control/%s), which takes precedence: its mail is delivered to this host's own users", key,
	            me ? "me" : "locals");
}

/* qmail uses the longest + name that an address begins with, even that of another domain. */
static void check_prefix(struct check *c, const struct routes *u, size_t i, const struct assign_line *l)
{
	char shorter[NAME_DOMAIN_MAX + 1], id[NAME_DOMAIN_MAX + 1];

	if (l->local.n < 2 || l->local.n > sizeof id || l->local.p[l->local.n - 1] != '-')
		return;
	join_part(id, sizeof id, l->local.p, l->local.n - 1);
	if (!check_has(&u->ids, id))
		return;
	for (const char *dash = strchr(id, '-'); dash != NULL; dash = strchr(dash + 1, '-')) {
		join_part(shorter, sizeof shorter, id, (size_t)(dash - id));
		if (routing_assign_line(&c->change.routing, shorter) != LINES_NONE)
			check_found(c,
			            &(struct finding){CHECK_WARNING, "id-in-id", QMAIL_ASSIGN, i + 1,
			                              check_edit(c, QMAIL_ASSIGN, i + 1)},
			            "the id %s begins with another id, %s-: that id's mail for %s-... is delivered here", id, shorter,
			            dash + 1);
	}
}

static void check_virtual(struct check *c, size_t i)
{
	const struct lines *l = &c->change.routing.file[ROUTING_VIRTUALDOMAINS].lines;
	char name[NAME_DOMAIN_MAX + 2], id[NAME_DOMAIN_MAX + 1];
	const char *key, *value;
	size_t n, vn;

	if (!lines_key(l, LINES_MAP, i, &key, &n))
		return;
	value = lines_value(l, i, &vn);
	if (vn == 0 || n >= sizeof name || vn >= sizeof id)
		return; /* mail for it is not virtual */
	join_part(name, sizeof name, key, n);
	join_part(id, sizeof id, value, vn);
	check_leads(c, i, name, id);
	check_sub_alone(c, i, name, id);
	check_local(c, i, name);
}

/* The home of this line, if it is one of ours and the line for all names that begin so. */
static bool is_ours(const struct check *c, const struct assign_line *l, char home[1024])
{
	join_part(home, 1024, l->home.p, l->home.n < 1024 ? l->home.n : 0);
	return l->wildcard && l->local.n > 1 && check_is_ours(c, home);
}

/* A line of users/assign for one of our homes, with an id that no line of virtualdomains names. */
static void check_used(struct check *c, const struct routes *u, size_t i, const struct assign_line *l, const char *home)
{
	char id[NAME_DOMAIN_MAX + 1];
	const char *name;

	if (l->local.n > sizeof id)
		return;
	join_part(id, sizeof id, l->local.p, l->local.n - 1);
	if (l->local.p[l->local.n - 1] != '-' || check_has(&u->ids, id))
		return;
	name = strrchr(home, '/') + 1;
	if (routing_line(&c->change.routing, ROUTING_VIRTUALDOMAINS, name) != LINES_NONE)
		return; /* leads elsewhere, which is reported, or meant */
	check_found(c,
	            &(struct finding){CHECK_WARNING, "not-virtual", QMAIL_ASSIGN, i + 1,
	                              check_command(c, "echo ", check_quoted, name, ":", check_quoted, id, check_onto,
	                                            virtualdomains, c->ctx->offline ? "" : " && qv-hup", CHECK_END)},
	            "no line of control/virtualdomains names this id: mail for %s is sent out to the Internet, or refused",
	            name);
}

static void check_assigned(struct check *c, const struct routes *u)
{
	const struct lines *l = &c->change.routing.file[ROUTING_ASSIGN].lines;
	bool none = check_is_empty(&c->change.routing.file[ROUTING_VIRTUALDOMAINS].lines), ours = false;
	size_t end = routing_assign_end(&c->change.routing), n;
	struct assign_line entry;
	const char *p, *why;
	char home[1024];

	for (size_t i = 0; i < end; i++) {
		p = lines_at(l, i, &n);
		if (assign_parse(p, n, true, &entry, &why) != ASSIGN_ENTRY)
			continue;
		check_prefix(c, u, i, &entry);
		if (!is_ours(c, &entry, home))
			continue;
		ours = true;
		if (!none)
			check_used(c, u, i, &entry, home);
	}
	if (none && ours) /* others may be users of this host */
		check_found(
			c, &(struct finding){CHECK_ERROR, "no-virtualdomains", virtualdomains, 0, check_edit(c, virtualdomains, 1)},
			"has no entry, but users/assign has: mail for all virtual domains is sent out to the Internet, or refused");
}

/* users/assign is lost. */
static void check_nobody(struct check *c, const struct routes *u)
{
	bool lost = false;

	for (size_t at = 0; !lost && at < u->text.len; at += strlen(u->text.p + at) + 1)
		lost = u->text.p[at] != '\0' && !is_led(c, u->text.p + at);
	if (lost)
		check_found(c, &(struct finding){CHECK_ERROR, "no-assign", QMAIL_ASSIGN, 0, check_edit(c, QMAIL_ASSIGN, 1)},
		            "has no entry, but control/virtualdomains has: mail for all virtual domains is handed to user alias, and bounces");
}

/* All ids that virtualdomains names. */
static int load_ids(const struct check *c, struct routes *u)
{
	const struct lines *l = &c->change.routing.file[ROUTING_VIRTUALDOMAINS].lines;
	const char *p;
	size_t n;

	for (size_t i = 0; i < l->n; i++) {
		if (!lines_key(l, LINES_MAP, i, &p, &n))
			continue;
		p = lines_value(l, i, &n);
		buf_add(&u->text, p, n);
		buf_char(&u->text, '\0');
	}
	return buf_failed(&u->text) ? -1 : check_index(&u->text, &u->ids);
}

void check_routes(struct check *c)
{
	struct routes u = {.text = BUF(CONTROL_MAX)};

	c->report.failed |= load_ids(c, &u) < 0;
	if (routing_assign_end(&c->change.routing) == 0 && c->dead_ids.len == 0)
		check_nobody(c, &u);
	else
		for (size_t i = 0; i < c->change.routing.file[ROUTING_VIRTUALDOMAINS].lines.n; i++)
			check_virtual(c, i);
	check_assigned(c, &u);
	check_names_free(&u.ids);
	buf_free(&u.text);
}
