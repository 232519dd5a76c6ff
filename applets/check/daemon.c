/* daemon - has the running qmail-send read virtualdomains and locals since they were changed? */
#include "check/internal.h"
#include "qmail/qsend.h"
#include "qmail/unread.h"

static void check_read(struct check *c, enum routing_name name, pid_t qmail_send)
{
	const struct routing_file *f = &c->change.routing.file[name];

	if (f->seen.there && control_is_unread(qmail_send, f->path, &f->seen.st))
		check_found(c, &(struct finding){CHECK_ERROR, "not-read", f->path, 0, "qv-hup"},
		            "was changed, and qmail-send has not read it since: mail is routed by its old contents");
}

void check_daemon(struct check *c)
{
	struct qsend q;

	if (c->ctx->offline || qsend_find(c->ctx, &c->change.conf, &q) < 0 || q.found == QSEND_NONE)
		return;
	check_read(c, ROUTING_LOCALS, q.pid);
	check_read(c, ROUTING_VIRTUALDOMAINS, q.pid);
}
