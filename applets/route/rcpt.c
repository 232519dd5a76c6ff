/* rcpt - qmail-smtpd: is it accepted? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/ifaddr.h"
#include "qmail/cdbfile.h"
#include "qmail/conf.h"
#include "qmail/names.h"
#include "qmail/rcpt.h"
#include "route/internal.h"

static const char refused[] = "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)";
static const char no_controls[] = "421 unable to read controls (#4.3.0)";
static const char bad_syntax[] = "555 syntax error (#5.5.4)";

static int reply(struct route *r, const char *text)
{
	buf_str(&r->reply, text);
	r->accepted = *text == '2';
	return 0;
}

static const struct route_file *control(const struct route_files *f, const char *name)
{
	return route_control(f, CONTROL_SMTPD, name);
}

/* The files that it needs: without them every session ends here. */
static const char *unreadable(const struct route_files *f, int *errnum)
{
	const struct route_file *bad = route_unreadable(f, CONTROL_SMTPD), *me = control(f, "me");

	if (bad != NULL) {
		*errnum = bad->trouble;
		return bad->path;
	}
	*errnum = f->morercpthosts.trouble;
	if (control(f, "rcpthosts")->trouble == 0 && *errnum != 0 && *errnum != ENOENT)
		return f->morercpthosts.path;
	*errnum = ENOENT;
	return me->trouble == ENOENT && control(f, "smtpgreeting")->trouble == ENOENT ? me->path : NULL;
}

bool route_is_own(const struct route_files *f, const struct ip_address *ip)
{
	static const struct ip_address any = {{0, 0, 0, 0}}, loopback = {{127, 0, 0, 1}};

	if (memcmp(ip, &any, sizeof any) == 0 || memcmp(ip, &loopback, sizeof loopback) == 0)
		return true;
	return !f->ctx->offline && ifaddr_is_own(ip->d);
}

static void replace_literal(struct route_files *f, struct route *r)
{
	struct buf host = BUF(CONTROL_MAX), *to = &r->recipient;
	struct ip_address ip;

	if (!rcpt_literal(buf_text(to), to->len, &ip) || !route_is_own(f, &ip))
		return;
	if (!route_line(control(f, "localiphost"), &host) && !route_line(control(f, "me"), &host))
		return;
	to->len = rcpt_host(to->p, to->len);
	buf_str(to, buf_text(&host));
	route_step(f, r, NULL, 0, "the address literal is this host: qmail-smtpd rewrites it to %s", buf_text(to));
	buf_free(&host);
}

/* Where it stands in the text; 0: nowhere, or the text is not what the cdb was made of. */
static size_t text_line(const struct route_file *text, const struct constmap_entry *e)
{
	const struct constmap map = route_map(text);
	struct constmap_entry line;

	return constmap_find(&map, CONSTMAP_LIST, e->key, e->keylen, &line) ? line.line : 0;
}

/* 1 found; 0 not; -1 the cdb cannot be read */
static int ask_cdb(const struct route_files *f, struct route *r, const char *host, size_t n)
{
	const struct cdbfile_view cdb = route_view(&f->morercpthosts);
	struct constmap_entry e = {0};
	struct buf nothing = BUF(CONTROL_MAX);
	int found = 1;

	for (size_t at = 0; found == 1 && constmap_suffix(host, n, &at, &e.key, &e.keylen);) {
		found = cdbfile_ask(&cdb, e.key, e.keylen, &nothing);
		if (found == 0) {
			e.line = text_line(&f->morercpthosts.text, &e);
			route_found(&r->rcpt, f->morercpthosts.path, &e);
		}
	}
	buf_free(&nothing);
	return found < 0 ? -1 : found == 0;
}

static int ask(struct route_files *f, struct route *r, const char *host, size_t n)
{
	const struct route_file *rcpthosts = control(f, "rcpthosts");
	struct constmap map = route_map(rcpthosts);
	struct constmap_entry e;
	int found;

	if (rcpt_allowed(&map, host, n, &e)) {
		route_found(&r->rcpt, rcpthosts->path, &e);
		route_step(f, r, rcpthosts->path, e.line, "%.*s: accepted", (int)e.keylen, e.key);
		return reply(r, "250 ok");
	}
	found = f->morercpthosts.fd >= 0 ? ask_cdb(f, r, host, n) : 0;
	if (found < 0) {
		route_step(f, r, f->morercpthosts.path, 0, "is damaged: qmail-smtpd answers %s", no_controls);
		return reply(r, no_controls);
	}
	if (found > 0) {
		route_step(f, r, f->morercpthosts.text.path, r->rcpt.line, "%s, by morercpthosts.cdb: accepted",
		           buf_text(&r->rcpt.key));
		return reply(r, "250 ok");
	}
	route_step(f, r, rcpthosts->path, 0, "contains neither %.*s nor a domain above it: refused: %s", (int)n, host, refused);
	return reply(r, refused);
}

static int decide(struct route_files *f, struct route *r)
{
	char host[RCPT_MAX + 1];
	size_t at = rcpt_host(buf_text(&r->recipient), r->recipient.len), n = 0;

	if (control(f, "rcpthosts")->trouble == ENOENT) {
		route_step(f, r, control(f, "rcpthosts")->path, 0, "does not exist: mail for any domain is accepted from anybody");
		return reply(r, "250 ok");
	}
	if (at > r->recipient.len) {
		route_step(f, r, NULL, 0, "no @: qmail-smtpd accepts it without checking rcpthosts");
		return reply(r, "250 ok");
	}
	for (; at < r->recipient.len; at++)
		host[n++] = name_fold(r->recipient.p[at]);
	return ask(f, r, host, n);
}

int route_rcpt(struct route_files *f, struct route *r)
{
	int errnum;
	const char *path = unreadable(f, &errnum);

	rcpt_typed(buf_text(&r->address), &r->recipient);
	if (path != NULL) {
		route_step(f, r, path, 0, "%s: qmail-smtpd answers %s", strerror(errnum), no_controls);
		return reply(r, no_controls);
	}
	if (strcmp(buf_text(&r->address), buf_text(&r->recipient)) != 0)
		route_step(f, r, NULL, 0, "qmail-smtpd understands <%s>", buf_text(&r->recipient));
	replace_literal(f, r);
	if (r->recipient.len > RCPT_MAX) {
		route_step(f, r, NULL, 0, "longer than %d bytes: %s", RCPT_MAX, bad_syntax);
		return reply(r, bad_syntax);
	}
	return decide(f, r);
}
