/* lspawn - qmail-lspawn: whose mail is it? */
#include <errno.h>
#include <stdio.h>

#include "qmail/conf.h"
#include "qmail/rcpt.h"
#include "route/internal.h"

static void explain_cdb(struct route_files *f, struct route *r)
{
	const struct lookup *l = &r->assign;
	size_t line = lookup_line(&f->assign, l);
	char where[64] = "no such line in users/assign";

	if (line > 0)
		snprintf(where, sizeof where, "users/assign:%zu", line);
	route_step(f, r, QMAIL_CDB, 0, "%c%s: (%s): user \"%s\", uid %lu, gid %lu, home \"%s\", dash \"%s\", ext \"%s\"",
	           l->kind == LOOKUP_WILDCARD ? '+' : '=', buf_text(&l->key), where, l->user, (unsigned long)l->uid,
	           (unsigned long)l->gid, l->home, l->dash, l->ext);
}

/* 0: r->assign; 1: it has no answer; or the way has ended. */
static int ask_cdb(struct route_files *f, struct route *r, const char *local)
{
	const struct cdbfile_view cdb = route_view(&f->cdb);

	if (f->cdb.trouble == ENOENT) {
		route_step(f, r, QMAIL_CDB, 0, "does not exist: only system users and alias receive mail");
		return 1;
	}
	switch (f->cdb.trouble != 0 ? -1 : lookup_cdb(&cdb, local, &r->assign)) {
	case 0:
		explain_cdb(f, r);
		return 0;
	case 1:
		route_step(f, r, QMAIL_CDB, 0, "no entry for %s", local);
		return 1;
	case -1:
		return route_defer(f, r, QMAIL_CDB, "Trouble reading users/cdb in qmail-lspawn.");
	default:
		return route_defer(f, r, QMAIL_CDB, "Internal qmail-lspawn bug.");
	}
}

static int ask_getpw(struct route_files *f, struct route *r, const char *local)
{
	struct lookup *l = &r->assign;
	int found;

	lookup_free(l);
	found = lookup_getpw(&f->getpw, buf_text(&f->passwd), f->passwd.len, local, l);
	if (found < 0)
		return -1;
	if (found > 0)
		return route_defer(f, r, "/etc/passwd", "Unable to find alias user!");
	route_step(f, r, "/etc/passwd", 0, "%s %s: uid %lu, gid %lu, home \"%s\", dash \"%s\", ext \"%s\"",
	           l->kind == LOOKUP_ALIAS ? "no such user who owns his home, so" : "user", l->user,
	           (unsigned long)l->uid, (unsigned long)l->gid, l->home, l->dash, l->ext);
	return 0;
}

/* qmail-lspawn becomes that user, if it can. */
static int become(struct route_files *f, struct route *r)
{
	r->has_assign = true;
	if (r->assign.uid == (uid_t)-1 || r->assign.gid == (gid_t)-1) /* setuid(2) refuses it */
		return route_defer(f, r, NULL, "Internal qmail-lspawn bug.");
	if (r->assign.uid == 0)
		return route_defer(f, r, NULL, "Not allowed to perform deliveries as root.");
	return 0;
}

static int find_owner(struct route_files *f, struct route *r, const char *local)
{
	int e = ask_cdb(f, r, local);

	if (e == 1)
		e = ask_getpw(f, r, local);
	if (e == 0 && r->outcome == ROUTE_UNDECIDED)
		e = become(f, r);
	if (e == 0 && r->outcome == ROUTE_UNDECIDED)
		e = route_qmail_local(f, r);
	return e;
}

int route_lspawn(struct route_files *f, struct route *r)
{
	struct buf local = BUF(CONTROL_MAX);
	size_t host = rcpt_host(buf_text(&r->rewritten), r->rewritten.len);
	int e;

	if (host == 1) {
		route_step(f, r, NULL, 0, "the local part is empty: qmail-lspawn reports success and does nothing");
		return route_end(r, ROUTE_DISCARDED, "the local part is empty");
	}
	buf_add(&local, buf_text(&r->rewritten), host - 1);
	e = find_owner(f, r, buf_text(&local));
	buf_free(&local);
	return e;
}
