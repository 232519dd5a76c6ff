/* end - how the way of an address ends. */
#include <stdarg.h>
#include <stdio.h>

#include "lib/printable.h"
#include "qmail/nss.h"
#include "rcpt/internal.h"

static int end(struct rcpt_way *w, enum rcpt_verdict verdict)
{
	w->a->verdict = verdict;
	w->a->why[0] = '\0';
	return 1;
}

int rcpt_yes(struct rcpt_way *w)
{
	return end(w, RCPT_YES);
}

int rcpt_later(struct rcpt_way *w)
{
	return end(w, RCPT_LATER);
}

int rcpt_unsure(struct rcpt_way *w, const char *path, const char *fmt, ...)
{
	struct rcpt_answer *a = w->a;
	size_t n = 0;
	va_list ap;

	end(w, RCPT_UNSURE);
	if (path != NULL)
		n = (size_t)snprintf(a->why, sizeof a->why, "%.200s%.200s: ", w->r->ctx->root, path);
	va_start(ap, fmt);
	vsnprintf(a->why + n, sizeof a->why - n, fmt, ap);
	va_end(ap);
	printable(a->why);
	w->r->ctx->err = (struct err){0};
	return 1;
}

/* Users of other databases than etc/passwd (NIS, LDAP) are unknown here, and not to qmail-getpw. */
int rcpt_no(struct rcpt_way *w)
{
	int errnum;
	const struct mapped *passwd, *nss;

	if (!w->by_passwd)
		return end(w, RCPT_NO);
	passwd = rcpt_file(w->r, RCPT_PASSWD, &errnum);
	nss = rcpt_file(w->r, RCPT_NSSWITCH, &errnum);
	if (!nss_is_passwd_alone(nss->p, nss->p != NULL ? nss->n : 0, passwd->p, passwd->n))
		return rcpt_unsure(w, rcpt_path(RCPT_NSSWITCH), "other databases than etc/passwd may know this user");
	return end(w, RCPT_NO);
}
