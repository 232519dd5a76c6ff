/* routes - what the files say about each other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "qmail/routing_find.h"

static bool is_virtual(const struct domain *d)
{
	return d->form == DOMAIN_POP || d->form == DOMAIN_DIALUP || d->form == DOMAIN_VIRTUAL;
}

static size_t line_of(const struct check *c, enum routing_name f, const char *key)
{
	size_t i = routing_line(&c->change.routing, f, key);

	return i == LINES_NONE ? 0 : i + 1;
}

static const char *path_of(const struct check *c, enum routing_name f)
{
	return c->change.routing.file[f].path;
}

/* Its virtualdomains line never leads anywhere, or nobody ever asks it. */
static void check_virtual(struct check *c, const struct domain *d)
{
	const char *path = path_of(c, ROUTING_VIRTUALDOMAINS);
	size_t line = line_of(c, ROUTING_VIRTUALDOMAINS, d->name.text);
	char mend[700];

	snprintf(mend, sizeof mend, "echo %s >>%s", d->name.text, path_of(c, ROUTING_RCPTHOSTS));
	if (!d->accepted && line > 0)
		check_found(c, &(struct finding){CHECK_WARNING, "not-accepted", path, line, mend},
		            "%s is not in rcpthosts: its mail is refused when it comes from outside", d->name.text);
	snprintf(mend, sizeof mend, "qv-domain del %s, and add it again; or write the line +%s-:USER:UID:GID:HOME:-::", d->name.text,
	         d->id);
	if (*d->home == '\0' && line > 0)
		check_found(c, &(struct finding){CHECK_ERROR, "no-assign", path, line, mend},
		            "users/assign has no line +%s-: mail for %s goes to alias, and bounces", d->id, d->name.text);
}

/* ".d" without "d": the sub-domains' mail is taken, the domain's own is not. */
static void check_sub_alone(struct check *c, const char *name)
{
	char sub[NAME_DOMAIN_MAX + 2], mend[300];
	size_t line;

	snprintf(sub, sizeof sub, ".%s", name);
	line = line_of(c, ROUTING_VIRTUALDOMAINS, sub);
	if (line == 0 || line_of(c, ROUTING_VIRTUALDOMAINS, name) > 0 || line_of(c, ROUTING_LOCALS, name) > 0)
		return;
	snprintf(mend, sizeof mend, "add the line for %s", name);
	check_found(c, &(struct finding){CHECK_WARNING, "sub-domains-alone", path_of(c, ROUTING_VIRTUALDOMAINS), line, mend},
	            "%s is there, %s itself is not: mail for it goes out into the net", sub, name);
}

static void check_local(struct check *c, const char *name)
{
	size_t virtual = line_of(c, ROUTING_VIRTUALDOMAINS, name);
	bool me = !c->change.routing.file[ROUTING_LOCALS].seen.there && strcmp(name, c->change.routing.me) == 0;

	if (virtual == 0 || (!me && line_of(c, ROUTING_LOCALS, name) == 0))
		return;
	check_found(c, &(struct finding){CHECK_ERROR, "local-too", path_of(c, ROUTING_VIRTUALDOMAINS), virtual,
	                                 "take it out of control/locals, or out of here"},
	            "%s is local too (control/%s), and that counts: its mail goes to this host's own users", name, me ? "me" : "locals");
}

/* qmail-remote reads the port as the digits behind the first colon, and there is no IPv6 in it. */
static void check_route(struct check *c, size_t i)
{
	const struct lines *l = &c->change.routing.file[ROUTING_SMTPROUTES].lines;
	const char *key, *value, *colon;
	size_t n, vn;

	if (!lines_key(l, LINES_MAP, i, &key, &n))
		return;
	value = lines_value(l, i, &vn);
	colon = vn > 0 ? memchr(value, ':', vn) : NULL;
	if (colon == NULL)
		return;
	if (colon == value)
		check_found(c, &(struct finding){CHECK_ERROR, "route-nowhere", path_of(c, ROUTING_SMTPROUTES), i + 1, "name a host"},
		            "a port without a host: this mail bounces");
	else if (value[0] == '[' && memchr(value, ']', vn) != NULL && colon < (const char *)memchr(value, ']', vn))
		check_found(c, &(struct finding){CHECK_ERROR, "route-ipv6", path_of(c, ROUTING_SMTPROUTES), i + 1, "name an IPv4 host"},
		            "qmail knows no IPv6: this mail bounces");
	else if (strtoul(colon + 1, NULL, 10) % 65536 == 0)
		check_found(c, &(struct finding){CHECK_ERROR, "route-port", path_of(c, ROUTING_SMTPROUTES), i + 1, "name a port, or take the colon away"},
		            "port 0: this mail waits until it bounces");
}

/* qmail looks for the longest + name that an address begins with, whoever's it is. */
static void check_prefix(struct check *c, const struct domain *d)
{
	size_t line = routing_assign_line(&c->change.routing, d->id);
	char shorter[NAME_DOMAIN_MAX + 1];

	if (line == LINES_NONE)
		return;
	for (const char *dash = strchr(d->id, '-'); dash != NULL; dash = strchr(dash + 1, '-')) {
		snprintf(shorter, sizeof shorter, "%.*s", (int)(dash - d->id), d->id);
		if (routing_assign_line(&c->change.routing, shorter) != LINES_NONE)
			check_found(c, &(struct finding){CHECK_WARNING, "id-in-id", QMAIL_ASSIGN, line + 1, "qv-domain add ... --id ANOTHER"},
			            "the id %s begins with another's, %s-: that one's mail for %s-... comes here", d->id, shorter,
			            dash + 1);
	}
}

void check_routes(struct check *c)
{
	const struct routing *r = &c->change.routing;
	struct name_domain name;
	struct domain d;

	for (size_t at = 0; routing_next(r, &at, &name);) {
		routing_look(r, &c->change.conf, name.text, &d);
		check_sub_alone(c, name.text);
		check_local(c, name.text);
		if (!is_virtual(&d))
			continue;
		check_virtual(c, &d);
		check_prefix(c, &d);
	}
	for (size_t i = 0; i < r->file[ROUTING_SMTPROUTES].lines.n; i++)
		check_route(c, i);
}
