/* remote - qmail-remote: to which host? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "qmail/conf.h"
#include "qmail/rcpt.h"
#include "route/internal.h"

static const struct route_file *control(const struct route_files *f, const char *name)
{
	return route_control(f, CONTROL_REMOTE, name);
}

/* The control file that it cannot do without, or NULL. */
static const char *unreadable(const struct route_files *f)
{
	const struct route_file *bad = route_unreadable(f, CONTROL_REMOTE), *me = control(f, "me");

	if (bad != NULL)
		return bad->path;
	return me->trouble == ENOENT && control(f, "helohost")->trouble == ENOENT ? me->path : NULL;
}

/* The login of a line is nobody's to read here. */
static void explain_relay(const struct route_files *f, struct route *r, const struct smtproute *to)
{
	const struct constmap_entry *e = &to->entry;
	struct buf shown = BUF(CONTROL_MAX);

	smtproutes_show(&shown, e->value, e->valuelen);
	route_step(f, r, control(f, "smtproutes")->path, e->line, "%.*s:%s: to %.*s, port %u%s", (int)e->keylen, e->key,
	           buf_text(&shown), (int)to->hostlen, to->host, to->port, to->way == SMTPROUTES_SOME ? ", or a bounce" : "");
	r->reason.failed |= buf_failed(&shown);
	buf_free(&shown);
}

static void explain(const struct route_files *f, struct route *r, const struct smtproute *to)
{
	const struct constmap_entry *e = &to->entry;
	const char *path = control(f, "smtproutes")->path;

	if (to->relayed)
		explain_relay(f, r, to);
	else if (e->line > 0)
		route_step(f, r, path, e->line, "%.*s: no relay: by DNS", (int)e->keylen, e->key);
	else
		route_step(f, r, path, 0, "no entry for it: by DNS");
}

static void fill_relay(struct route *r, const struct smtproute *to)
{
	r->has_relay = to->way != SMTPROUTES_MX;
	r->port = to->port;
	if (to->way == SMTPROUTES_ADDRESS)
		buf_printf(&r->relay, "%d.%d.%d.%d", to->ip.d[0], to->ip.d[1], to->ip.d[2], to->ip.d[3]);
	else if (r->has_relay)
		buf_add(&r->relay, to->host, to->hostlen);
}

#define NOBODY "Sorry, I couldn't find any host named %s. (#5.1.2)"

static void show_host(struct buf *shown, const char *host, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_char(shown, host[i] < 33 || host[i] > 126 ? '?' : host[i]);
}

static int nobody(struct route *r)
{
	struct buf shown = BUF(CONTROL_MAX);

	show_host(&shown, buf_text(&r->relay), r->relay.len);
	route_end(r, ROUTE_BOUNCED, NOBODY, buf_text(&shown));
	r->reason.failed |= buf_failed(&shown);
	buf_free(&shown);
	return 0;
}

/* Which qmail-remote is installed cannot be known. */
static int perhaps(struct route *r, const struct smtproute *to)
{
	struct buf shown = BUF(CONTROL_MAX);

	show_host(&shown, to->other, to->otherlen);
	route_end(r, ROUTE_REMOTE,
	          "to %s, port %u, if qmail-remote supports this form, as s/qmail's does; any other bounces it: " NOBODY,
	          buf_text(&r->relay), r->port, buf_text(&shown));
	r->reason.failed |= buf_failed(&shown);
	buf_free(&shown);
	return 0;
}

/* The outcomes that are certain without a look at DNS. */
static int end(const struct route_files *f, struct route *r, const struct smtproute *to)
{
	switch (to->way) {
	case SMTPROUTES_NOBODY:
		return nobody(r);
	case SMTPROUTES_SOME:
		return perhaps(r, to);
	case SMTPROUTES_ADDRESS:
		if (!to->relayed && route_is_own(f, &to->ip))
			return route_end(r, ROUTE_BOUNCED,
			                 "Sorry. Although I'm listed as a best-preference MX or A for that host,\n"
			                 "it isn't in my control/locals file, so I don't treat it as local. (#5.4.6)");
		break;
	case SMTPROUTES_MX:
		return route_end(r, ROUTE_REMOTE, "to the best MX of %.*s (DNS was not queried)", (int)to->hostlen,
		                 to->host);
	case SMTPROUTES_NAME:
		break;
	}
	if (to->port == 0)
		return route_end(r, ROUTE_DEFERRED, "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)");
	return route_end(r, ROUTE_REMOTE, "to %s, port %u", buf_text(&r->relay), r->port);
}

int route_remote(struct route_files *f, struct route *r)
{
	size_t host = rcpt_host(buf_text(&r->rewritten), r->rewritten.len);
	struct constmap routes = route_map(control(f, "smtproutes"));
	const char *path = unreadable(f);
	struct smtproute to;

	if (path != NULL) {
		route_step(f, r, path, 0, "cannot be read: qmail-remote defers all mail");
		return route_end(r, ROUTE_DEFERRED, "Unable to read control files. (#4.3.0)");
	}
	smtproutes_find(&routes, r->rewritten.p + host, r->rewritten.len - host, &to);
	explain(f, r, &to);
	fill_relay(r, &to);
	return end(f, r, &to);
}
