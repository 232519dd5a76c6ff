/* accepts - which mail rcpthosts accepts, and which it should accept. */
#include <stdio.h>
#include <string.h>

#include "check/internal.h"
#include "lib/join.h"
#include "qmail/constmap.h"
#include "routing/where.h"

static const char rcpthosts[] = QMAIL_CONTROL "rcpthosts";

static bool is_there(const struct check *c, enum routing_name f, const char *key)
{
	return routing_line(&c->change.routing, f, key) != LINES_NONE;
}

/* As qmail-smtpd looks it up: the host, then its suffixes. ".NAME" stands for a host below NAME. */
static bool is_accepted(const struct check *c, const char *name)
{
	char key[NAME_DOMAIN_MAX + 2];
	enum routing_name f;
	const char *p;
	size_t n;

	for (size_t at = 0; constmap_suffix(name, strlen(name), &at, &p, &n);) {
		join_part(key, sizeof key, p, n);
		if (routing_accept_line(&c->change.routing, key, &f) != LINES_NONE)
			return true;
	}
	return false;
}

/* A line of virtualdomains: mail that is delivered here must also be accepted. */
static void check_virtual(struct check *c, size_t i)
{
	const struct lines *l = &c->change.routing.file[ROUTING_VIRTUALDOMAINS].lines;
	char name[NAME_DOMAIN_MAX + 2];
	enum routing_name f;
	bool accepted;
	const char *p;
	size_t n;

	if (!lines_key(l, LINES_MAP, i, &p, &n) || n == 0 || n >= sizeof name || memchr(p, '@', n) != NULL ||
	    memchr(p, ' ', n) != NULL || memchr(p, '*', n) != NULL)
		return;
	join_part(name, sizeof name, p, n);
	lines_value(l, i, &n);
	if (n == 0 || routing_accept_line(&c->change.routing, name, &f) != LINES_NONE)
		return;
	accepted = is_accepted(c, name);
	if (*name == '.' && (accepted || (is_there(c, ROUTING_VIRTUALDOMAINS, name + 1) && !is_accepted(c, name + 1))))
		return;
	check_found(c,
	            &(struct finding){CHECK_WARNING, "not-accepted", c->change.routing.file[ROUTING_VIRTUALDOMAINS].path,
	                              i + 1, check_command(c, "echo ", check_quoted, name, check_onto, rcpthosts, CHECK_END)},
	            accepted ? "%s is not in rcpthosts: its mail is accepted only as a sub-domain's, and is refused once "
	                       "that line is removed"
	                     : "%s is not in rcpthosts: its mail from outside is refused",
	            name);
}

/* virtualdomains and users/assign both have it. */
static bool is_delivered(const struct check *c, const char *name)
{
	const struct routing *r = &c->change.routing;
	size_t at = routing_line(r, ROUTING_VIRTUALDOMAINS, name), n;
	char id[NAME_DOMAIN_MAX + 1];
	const char *value;

	if (at == LINES_NONE)
		return false;
	value = lines_value(&r->file[ROUTING_VIRTUALDOMAINS].lines, at, &n);
	join_part(id, sizeof id, value, n < sizeof id ? n : 0);
	return routing_assign_line(r, id) != LINES_NONE;
}

/* ".NAME" of rcpthosts or morercpthosts: is the mail that it accepts delivered? */
static void check_sub(struct check *c, const struct routing_file *f, size_t i, const char *sub)
{
	const char *name = sub + 1, *virtualdomains = c->change.routing.file[ROUTING_VIRTUALDOMAINS].path;
	char line[32];

	snprintf(line, sizeof line, "sed -i %zui", i + 1);
	if (!is_accepted(c, name)) {
		if (!is_there(c, ROUTING_VIRTUALDOMAINS, name) && !is_there(c, ROUTING_VIRTUALDOMAINS, sub))
			check_found(c, &(struct finding){CHECK_WARNING, "sub-domains-alone", f->path, i + 1,
			                                 check_command(c, line, check_quoted, name, " ", f->path, CHECK_END)},
			            "%s is listed, but %s itself is not: mail for the domain itself is refused", sub, name);
		return;
	}
	if (is_delivered(c, name) && !is_there(c, ROUTING_VIRTUALDOMAINS, sub) && !is_there(c, ROUTING_SMTPROUTES, sub))
		check_found(c,
		            &(struct finding){CHECK_WARNING, "sub-domains-lost", f->path, i + 1,
		                              check_delete(c, f->path, i + 1, sub, strlen(sub))},
		            "%s is accepted, but %s has no such line: mail for sub-domains of %s is sent out to the Internet", sub,
		            virtualdomains, name);
}

static void check_subs(struct check *c, enum routing_name name)
{
	const struct routing_file *f = &c->change.routing.file[name];
	char sub[NAME_DOMAIN_MAX + 2];
	const char *p;
	size_t n;

	for (size_t i = 0; i < f->lines.n; i++) {
		if (!lines_key(&f->lines, LINES_LIST, i, &p, &n) || n < 2 || n >= sizeof sub || *p != '.' ||
		    memchr(p, ' ', n) != NULL)
			continue;
		join_part(sub, sizeof sub, p, n);
		check_sub(c, f, i, sub);
	}
}

bool check_is_mapped(const struct check *c, enum routing_name f, const char *name)
{
	char key[NAME_DOMAIN_MAX + 2];
	const char *p;
	size_t n;

	for (size_t at = 0; constmap_suffix(name, strlen(name), &at, &p, &n);) {
		join_part(key, sizeof key, p, n);
		if (is_there(c, f, key))
			return true;
	}
	return is_there(c, f, "");
}

bool check_is_local(const struct check *c, const char *host)
{
	const struct routing *r = &c->change.routing;

	return r->file[ROUTING_LOCALS].seen.there ? is_there(c, ROUTING_LOCALS, host) : strcmp(host, r->me) == 0;
}

/* This host's own names: mail for them that is not local is sent to their MX, which is this host, and bounces. */
static void check_own(struct check *c, const char *name)
{
	const struct routing *r = &c->change.routing;
	bool locals = r->file[ROUTING_LOCALS].seen.there;
	static const char path[] = QMAIL_CONTROL "locals";
	const char *hup = c->ctx->offline ? "" : " && qv-hup";
	enum routing_name f;
	size_t line = routing_accept_line(r, name, &f);

	if (c->locals_doubted || line == LINES_NONE || check_is_local(c, name) ||
	    check_is_mapped(c, ROUTING_VIRTUALDOMAINS, name) || check_is_mapped(c, ROUTING_SMTPROUTES, name))
		return;
	check_found(c,
	            &(struct finding){CHECK_ERROR, "not-local", r->file[f].path, line + 1,
	                              locals ? check_command(c, "echo ", check_quoted, name, check_onto, path, hup, CHECK_END)
	                                     : check_command(c, "echo ", check_quoted, r->me, check_onto, path, " && echo ",
	                                                     check_quoted, name, check_onto, path, hup, CHECK_END)},
	            "%s is this host itself, but is not in control/%s: its mail is accepted, and bounces", name, locals ? "locals" : "me");
}

void check_accepts(struct check *c)
{
	const struct routing *r = &c->change.routing;
	const char *own = r->file[ROUTING_LOCALS].seen.there ? "locals" : "me"; /* as qmail-send does it */

	if (!r->file[ROUTING_RCPTHOSTS].seen.there) {
		check_found(c,
		            &(struct finding){CHECK_ERROR, "open-relay", rcpthosts, 0,
		                              check_command(c, "cp ", QMAIL_CONTROL, own, " ", rcpthosts, ".new && mv ",
		                                            rcpthosts, ".new ", rcpthosts, CHECK_END)},
		            "is missing: qmail-smtpd accepts mail from anybody for any domain, and sends it on (open relay)");
		return;
	}
	if (check_is_empty(&r->file[ROUTING_RCPTHOSTS].lines)) {
		if (!check_is_empty(&r->file[ROUTING_VIRTUALDOMAINS].lines))
			check_found(c, &(struct finding){CHECK_ERROR, "nothing-accepted", rcpthosts, 0, check_edit(c, rcpthosts, 1)},
			            "has no entry: all mail from outside is refused");
		return;
	}
	check_own(c, r->me);
	if (strcmp(r->me, "localhost") != 0)
		check_own(c, "localhost");
	for (size_t i = 0; i < r->file[ROUTING_VIRTUALDOMAINS].lines.n; i++)
		check_virtual(c, i);
	check_subs(c, ROUTING_RCPTHOSTS);
	check_subs(c, ROUTING_MORERCPTHOSTS);
}
