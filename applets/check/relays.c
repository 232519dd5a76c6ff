/* relays - smtproutes, as qmail-remote(8) reads it. */
#include <stdio.h>
#include <string.h>

#include "check/internal.h"
#include "lib/join.h"
#include "qmail/smtproutes.h"
#include "routing/where.h"

static const char smtproutes[] = QMAIL_CONTROL "smtproutes";

static void say(struct check *c, size_t i, const char *name, const char *what)
{
	check_found(c, &(struct finding){CHECK_ERROR, name, smtproutes, i + 1, check_edit(c, smtproutes, i + 1)}, "%s", what);
}

/* A port is expected to be plain digits, and nothing else. */
static void check_port(struct check *c, size_t i, const char *p, size_t n, unsigned port)
{
	char plain[16];

	snprintf(plain, sizeof plain, "%u", port);
	if (port == 0)
		say(c, i, "route-port", "port 0: this mail waits until it bounces");
	else if (strlen(plain) != n || memcmp(plain, p, n) != 0)
		check_found(c,
		            &(struct finding){CHECK_WARNING, "route-port", smtproutes, i + 1, check_edit(c, smtproutes, i + 1)},
		            "qmail-remote reads this as port %u: mail is sent there, or waits until it bounces", port);
}

static void check_address(struct check *c, size_t i, const struct smtproute *to)
{
	char plain[24];

	snprintf(plain, sizeof plain, "%d.%d.%d.%d", to->ip.d[0], to->ip.d[1], to->ip.d[2], to->ip.d[3]);
	if (memmem(to->host, to->hostlen, plain, strlen(plain)) == NULL)
		check_found(c, &(struct finding){CHECK_ERROR, "route-host", smtproutes, i + 1, check_edit(c, smtproutes, i + 1)},
		            "qmail-remote reads this as %s: mail is sent there, or waits until it bounces", plain);
}

/* What one qmail-remote understands, and the others do not. */
static void of_s_qmail(struct check *c, size_t i, const char *name, const char *what)
{
	check_found(c, &(struct finding){CHECK_WARNING, name, smtproutes, i + 1, check_edit(c, smtproutes, i + 1)},
	            "contains %s, which only the qmail-remote of s/qmail and its like supports: with any other this mail bounces", what);
}

/* "NAME:RELAY:PORT", without its login */
static void check_route(struct check *c, size_t i, const char *value, size_t n)
{
	const char *colon = memchr(value, ':', n);
	struct constmap route = {.p = ":", .n = 1};
	struct smtproute to;
	char line[1024];

	snprintf(line, sizeof line, ":%.*s", n < sizeof line - 2 ? (int)n : 0, value);
	route = (struct constmap){.p = line, .n = strlen(line)};
	smtproutes_find(&route, "any.test", 8, &to);
	if (to.way == SMTPROUTES_SOME && value[0] == '[')
		of_s_qmail(c, i, "route-ipv6", "an IPv6 address");
	else if (to.way == SMTPROUTES_SOME)
		of_s_qmail(c, i, "route-nowhere", "HOST;PORT");
	else if (colon != NULL && memchr(colon + 1, ':', n - (size_t)(colon + 1 - value)) != NULL && colon != value)
		say(c, i, "route-ipv6", "contains two colons, but qmail does not support IPv6: this mail bounces or waits");
	else if (to.way == SMTPROUTES_NOBODY)
		say(c, i, "route-nowhere", "names a host that cannot exist: this mail bounces");
	else if (colon != NULL)
		check_port(c, i, colon + 1, n - (size_t)(colon + 1 - value), to.port);
	if (to.way == SMTPROUTES_ADDRESS)
		check_address(c, i, &to);
}

static void check_sub_alone(struct check *c, size_t i, const char *sub)
{
	const struct routing *r = &c->change.routing;
	enum routing_name f;

	if (routing_line(r, ROUTING_SMTPROUTES, sub + 1) != LINES_NONE ||
	    routing_line(r, ROUTING_VIRTUALDOMAINS, sub + 1) != LINES_NONE ||
	    routing_line(r, ROUTING_LOCALS, sub + 1) != LINES_NONE || routing_accept_line(r, sub + 1, &f) == LINES_NONE)
		return;
	check_found(c,
	            &(struct finding){CHECK_WARNING, "sub-domains-alone", smtproutes, i + 1,
	                              check_edit(c, smtproutes, i + 1)},
	            "%s is listed, but %s itself is not: mail for the domain itself is sent by MX", sub, sub + 1);
}

/* ".NAME": where mail for NAME is accepted to be relayed, mail for its sub-domains should be too. */
static void check_sub_accepted(struct check *c, size_t i, const char *sub)
{
	const struct routing *r = &c->change.routing;
	enum routing_name f;

	if (routing_line(r, ROUTING_SMTPROUTES, sub + 1) == LINES_NONE || routing_accept_line(r, sub + 1, &f) == LINES_NONE ||
	    routing_accept_line(r, sub, &f) != LINES_NONE)
		return;
	check_found(c,
	            &(struct finding){CHECK_WARNING, "not-accepted", smtproutes, i + 1,
	                              check_command(c, "echo ", check_quoted, sub, check_onto, QMAIL_CONTROL "rcpthosts",
	                                            CHECK_END)},
	            "%s is not in rcpthosts, but %s is: mail for its sub-domains is refused", sub, sub + 1);
}

void check_relays(struct check *c)
{
	const struct lines *l = &c->change.routing.file[ROUTING_SMTPROUTES].lines;
	char name[NAME_DOMAIN_MAX + 2];
	const char *p;
	size_t n;

	for (size_t i = 0; i < l->n; i++) {
		if (!lines_key(l, LINES_MAP, i, &p, &n) || n >= sizeof name)
			continue;
		join_part(name, sizeof name, p, n);
		if (*name == '.' && n > 1) {
			check_sub_alone(c, i, name);
			check_sub_accepted(c, i, name);
		}
		p = lines_value(l, i, &n);
		if (n > 0)
			check_route(c, i, p, smtproutes_login(p, n));
	}
}
