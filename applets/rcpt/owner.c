/* owner - qmail-lspawn: whose mail is it? */
#include <errno.h>
#include <string.h>

#include "qmail/passwd.h"
#include "qmail/rcpt.h"
#include "rcpt/internal.h"

/* 0: w->owner; 2: it has no entry; 1: the way has ended. */
static int ask_cdb(struct rcpt_way *w, const char *local)
{
	int errnum, r;
	const struct mapped *m = rcpt_file(w->r, RCPT_CDB, &errnum);

	if (errnum == ENOENT)
		return 2;
	if (errnum != 0 && errnum != ENOMEM)
		return rcpt_unsure(w, rcpt_path(RCPT_CDB), "%s", strerror(errnum));
	r = lookup_cdb(&(struct cdbfile_view){.fd = m->fd, .p = m->p, .n = m->n}, local, &w->owner);
	if (r < 0)
		return rcpt_unsure(w, rcpt_path(RCPT_CDB), "%s", r == -1 ? "is damaged" : "has an entry with fewer than six fields");
	return r == 1 ? 2 : 0;
}

/* qmail-getpw runs as qmailp; a tree without that user is taken to be open to it. */
static struct as_user getpw_user(struct rcpt_way *w, const struct mapped *passwd)
{
	struct passwd_user u;

	if (passwd->n == 0 || !passwd_find(passwd->p, passwd->n, "qmailp", &u))
		return (struct as_user){.ctx = w->r->ctx};
	return (struct as_user){.ctx = w->r->ctx, .uid = u.uid, .gid = u.gid};
}

static int ask_getpw(struct rcpt_way *w, const char *local)
{
	int errnum;
	const struct mapped *m = rcpt_file(w->r, RCPT_PASSWD, &errnum);
	struct as_user v;

	if (errnum != 0)
		return rcpt_unsure(w, rcpt_path(RCPT_PASSWD), "%s", strerror(errnum));
	v = getpw_user(w, m);
	lookup_free(&w->owner);
	w->by_passwd = true;
	switch (m->n > 0 ? lookup_getpw(&v, m->p, m->n, local, &w->owner) : 1) {
	case 0:
		return 0;
	case 1:
		return rcpt_unsure(w, rcpt_path(RCPT_PASSWD), "no user alias");
	default:
		return rcpt_unsure(w, NULL, "%s", w->r->ctx->err.text);
	}
}

int rcpt_owner(struct rcpt_way *w)
{
	struct buf local = BUF(RCPT_TEXT_MAX);
	size_t host = rcpt_host(buf_text(&w->rewritten), w->rewritten.len);
	int e;

	if (host == 1)
		return rcpt_yes(w); /* the local part is empty: qmail-lspawn reports success and does nothing */
	buf_add(&local, buf_text(&w->rewritten), host - 1);
	e = ask_cdb(w, buf_text(&local));
	if (e == 2)
		e = ask_getpw(w, buf_text(&local));
	buf_free(&local);
	if (e != 0)
		return e;
	if (w->owner.uid == 0 || w->owner.uid == (uid_t)-1 || w->owner.gid == (gid_t)-1)
		return rcpt_unsure(w, rcpt_path(RCPT_CDB), "%s: qmail does not deliver as uid %lu", buf_text(&w->owner.key),
		                   (unsigned long)w->owner.uid);
	return 0;
}
