/* daemon - has the running qmail-send read virtualdomains and locals since they were changed? */
#include <string.h>
#include <time.h>

#include "check/internal.h"
#include "qmail/nodes.h"
#include "qmail/qsend.h"
#include "qmail/unread.h"

static void check_read(struct check *c, enum routing_name name, pid_t qmail_send)
{
	const struct routing_file *f = &c->change.routing.file[name];

	if (f->seen.there && control_is_unread(qmail_send, f->path, &f->seen.st))
		check_found(c, &(struct finding){CHECK_ERROR, "not-read", f->path, 0, "qv-hup"},
		            "was changed, and qmail-send has not read it since: mail is routed by its old contents");
}

enum { APART = 5 }; /* seconds between clocks; a master that waits for qmail-send says nothing for ten */

static void check_clock(struct check *c, const struct node *n)
{
	long long apart = n->beat - (long long)time(NULL);

	if (n->beat != 0 && (apart > APART || apart < -3 * APART))
		check_found(c, &(struct finding){CHECK_WARNING, "clocks-apart", n->file, 0, ""},
		            "the clock of %s is %lld seconds %s, or its qv-master hangs: mail is retried and bounces too early or too late",
		            n->name, apart > 0 ? apart : -apart, apart > 0 ? "ahead" : "behind");
}

static int check_node(struct ctx *ctx, void *arg, const struct node *n)
{
	struct check *c = arg;
	long long sum;

	if (nodes_sum(ctx, &sum) == 0 && n->read != sum)
		check_found(c, &(struct finding){CHECK_ERROR, "not-read-there", n->file, 0, ""},
		            "%s %s: mail that it accepts is routed by old contents; no domain can be added", n->name,
		            n->read == 0 ? "has no running qv-master -e, so its qmail-send does not read a changed virtualdomains; start it, or remove this file if that gateway takes no mail"
		                         : "has not read virtualdomains or locals since they were changed");
	if (*n->version != '\0' && strcmp(n->version, NODES_VERSION) != 0)
		check_found(c, &(struct finding){CHECK_WARNING, "other-version", n->file, 0, ""},
		            "%s runs %s, and this gateway " NODES_VERSION ": install the same on both", n->name, n->version);
	if (*n->me != '\0' && strcmp(n->me, c->change.conf.me) != 0)
		check_found(c, &(struct finding){CHECK_ERROR, "other-me", n->file, 0, ""},
		            "control/me of %s is %s, and here %s: they do not share " QMAIL_HOME "/control, so domains are added on one alone", n->name,
		            n->me, c->change.conf.me);
	check_clock(c, n);
	return 0;
}

/* The gateways that share the files. */
static void check_nodes(struct check *c)
{
	if (nodes_each(c->ctx, check_node, c) < 0)
		check_unreadable(c, QMAIL_HOME "/users");
}

void check_daemon(struct check *c)
{
	struct qsend q;

	check_nodes(c);
	if (c->ctx->offline || qsend_find(c->ctx, &c->change.conf, &q) < 0 || q.found == QSEND_NONE)
		return;
	check_read(c, ROUTING_LOCALS, q.pid);
	check_read(c, ROUTING_VIRTUALDOMAINS, q.pid);
}
