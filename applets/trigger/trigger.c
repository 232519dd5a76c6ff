/* trigger - a customer calls for the mail of his dial-up hosts. */
#include "trigger/trigger.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "trigger/internal.h"

/* For good, before anything is read from him. */
static int become(const struct trigger *t)
{
	if (geteuid() == 0 && conf_become(t->conf) < 0)
		return err_temp(&t->ctx->err, "unable to become %s: %s", t->conf->popuser, strerror(errno));
	return 0;
}

static void without_words(struct trigger *t)
{
	struct trigger_hosts h = TRIGGER_HOSTS;
	bool hello = t->o->way == TRIGGER_HELLO;
	struct started s;
	char who[160];

	if (who_may(t, hello ? WHO_ADDRESS : WHO_AUTOTURN, &h) < 0)
		ctx_warn(t->ctx, "%s", t->ctx->err.text);
	else if (h.n == 0)
		(hello ? ctx_always : ctx_verbose)(t->ctx, "%s: %s: refused", hello ? "hello" : "autoturn", who_text(t, who));
	else
		ctx_always(t->ctx, "%s: %s: %zu host%s", hello ? "hello" : "autoturn", who_text(t, who), h.n, h.n == 1 ? "" : "s");
	if (h.n > 0 && hello)
		start_flushes(t, &h, &s);
	else if (h.n > 0)
		start_here(t, &h);
	trigger_hosts_free(&h);
}

int trigger_run(struct ctx *ctx, const struct conf *conf, const struct trigger_options *o)
{
	struct trigger t = {.ctx = ctx, .conf = conf, .o = o, .tries.fd = -1};
	bool talks = o->way == TRIGGER_ETRN || o->way == TRIGGER_ODMR;
	int r;

	signal(SIGPIPE, SIG_IGN);
	input_open(&t.in, 0, 1);
	r = who_load(&t);
	if (r == 0 && talks)
		tries_open(&t);
	if (r == 0)
		r = become(&t);
	if (r < 0 && talks)
		reply(&t, "421 4.3.0 Service not available, closing connection");
	if (r == 0 && talks)
		r = talk(&t);
	else if (r == 0)
		without_words(&t);
	who_forget(&t);
	return r;
}
