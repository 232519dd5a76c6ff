/* qv-route - what qmail will do with an address, step by step. */
#include <stdio.h>

#include "applet.h"
#include "lib/json.h"
#include "lib/packed.h"
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

/* Print one route and free it. explained: what route_address() or route_local() returned. */
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
		return err_usage(&ctx->err, synopsis, "--local and --host must be given together");
	if ((local != NULL) == (argc > 1))
		return err_usage(&ctx->err, synopsis, local != NULL ? "--local cannot be combined with ADDRESS" : "expected at least one ADDRESS");
	packed_unpack();
	return run(ctx, local, host, argv + 1);
}

static const char help[] PACKED =
	"Decides as qmail would from the files as they are, whether qmail runs or not:\n"
	"rcpthosts, percenthack, locals, virtualdomains, users/cdb, system users, the\n"
	"home directory, .qmail files and their instructions, or smtproutes. Prints each\n"
	"step with its file and line, and the result in qmail's own words. Nothing is\n"
	"sent, run, looked up in DNS or changed.\n"
	"\n"
	"ADDRESS is the text between < and > in RCPT TO:<...>; the whole command is\n"
	"accepted too. A refused address is followed as if this host had sent the mail.\n"
	"Mail that a .qmail file forwards to addresses served here is followed to its\n"
	"end: it is delivered only if every copy is. Forwards that go round in a loop\n"
	"end as a bounce.\n"
	"\n"
	"  --local LOCALPART  begin at users/cdb with the local part that qmail-send\n"
	"                     passes to qmail-lspawn (\"example.com-joe\")\n"
	"  --host HOST        ... and the host that it passes\n"
	"  -j                 print an array with an object for each address; qv-route(8)\n"
	"                     has its keys\n"
	"\n"
	"Exit codes: 0 accepted and delivered; 1 refused, bounced or deferred; 100 a\n"
	"person must change something; 111 the same command may work later.\n"
	"\n"
	"Files: homes and .qmail files, read as qmail reads them, and\n"
	"  /var/qmail/control/{rcpthosts,morercpthosts.cdb,locals,percenthack}\n"
	"  /var/qmail/control/{virtualdomains,smtproutes}\n"
	"  /var/qmail/users/{assign,cdb}\n"
	"\n"
	"Example:\n"
	"  # qv-route joe@example.com\n";

const struct applet route_applet = {
	.name = "qv-route",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "explain step by step what qmail will do with an address",
	.help = help,
	.main = route_main,
};
