/* qv-route - what qmail will do with an address, step by step. */
#include <stdio.h>

#include "applet.h"
#include "lib/json.h"
#include "lib/verb.h"
#include "qmail/conf.h"
#include "route/route.h"

static const char synopsis[] = 
	"qv-route [-jv] [-R DIR] ADDRESS...\n"
	"qv-route [-jv] [-R DIR] --local LOCALPART --host HOST";

enum { EXIT_NOT_DELIVERED = 1 };

struct query {
	struct route_files files;
	struct buf json;
	bool good;
};

/* Say one route and forget it. explained: 0 or -1, from whoever made it. */
static int tell(struct query *q, struct route *r, int explained)
{
	if (explained == 0)
		explained = route_follow(&q->files, r);
	if (explained == 0 && q->files.ctx->json)
		route_json(r, &q->json);
	else if (explained == 0)
		route_print(r);
	q->good &= route_is_good(r);
	route_free(r);
	return explained;
}

static int explain(struct query *q, const char *local, const char *host, char **addresses)
{
	struct route r;
	int e = 0;

	if (local != NULL)
		return tell(q, &r, route_local(&q->files, local, host, &r));
	for (; e == 0 && *addresses != NULL; addresses++)
		e = tell(q, &r, route_address(&q->files, *addresses, &r));
	return e;
}

static int finish(struct query *q)
{
	struct ctx *ctx = q->files.ctx;

	json_close(&q->json, ']');
	if (buf_failed(&q->json))
		return err_temp(&ctx->err, "out of memory");
	if (ctx->json)
		printf("%s\n", buf_text(&q->json));
	return q->good ? 0 : EXIT_NOT_DELIVERED;
}

static int run(struct ctx *ctx, const char *local, const char *host, char **addresses)
{
	struct query q = {.json = BUF(CONTROL_MAX), .good = true};
	int e = route_load(ctx, &q.files);

	json_open(&q.json, '[');
	if (e == 0)
		route_warn(&q.files);
	if (e == 0)
		e = explain(&q, local, host, addresses);
	if (e == 0)
		e = finish(&q);
	buf_free(&q.json);
	route_unload(&q.files);
	return e;
}

static int route_main(struct ctx *ctx, int argc, char **argv)
{
	const char *local = NULL, *host = NULL;
	const struct opt options[] = {
		{0, "local", OPT_STRING, &local},
		{0, "host", OPT_STRING, &host},
		{0},
	};

	if (common_options(ctx, synopsis, options, &argc, argv) < 0)
		return -1;
	if ((local != NULL) != (host != NULL))
		return err_usage(&ctx->err, synopsis, "--local and --host belong together");
	if ((local != NULL) == (argc > 1))
		return err_usage(&ctx->err, synopsis, local != NULL ? "--local stands in place of an address" : "which address?");
	return run(ctx, local, host, argv + 1);
}

const struct applet route_applet = {
	.name = "qv-route",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "explain step by step what qmail will do with an address",
	.help =
		"Decides as qmail would, over the files as they are, qmail running or not: rcpthosts,\n"
		"percenthack, locals, virtualdomains, users/cdb, system users, the home directory, .qmail\n"
		"files and what stands in them, or smtproutes. Says each step with its file and line, and how it\n"
		"ends, in qmail's own words. Nothing is sent, run or asked of DNS; nothing is changed.\n"
		"\n"
		"ADDRESS is what stands between < and > in RCPT TO:<...>; whole commands are understood as well.\n"
		"An address that is refused is followed all the same, as if it came from this host.\n"
		"So is mail that a .qmail file sends on to addresses served here, to its end: it counts as\n"
		"arrived only if all of that does. Forwards that go round end as a bounce.\n"
		"\n"
		"  --local LOCALPART  begin at users/cdb with what qmail-send hands over (\"example.com-joe\")\n"
		"  --host HOST        ... and the host that goes with it\n"
		"  -j                 an array, an object for each address\n"
		"\n"
		"Exit codes: 0 accepted, and all of it arrives; 1 refused, bounced or deferred; 100 a person must\n"
		"change something; 111 the same command may work later.\n"
		"\n"
		"Files: read as qmail's programs would, control files, users/cdb, homes and .qmail files.\n"
		"  /var/qmail/control/{rcpthosts,morercpthosts.cdb,locals,percenthack,virtualdomains,smtproutes}\n"
		"  /var/qmail/users/{assign,cdb}\n"
		"\n"
		"Example:\n"
		"  # qv-route joe@example.com\n",
	.main = route_main,
};
