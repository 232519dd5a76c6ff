/* verb - the words inside an applet, and the options that all of them take. */
#include "lib/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/guess.h"

struct common {
	const char *root;
	int dry_run, json, quiet, verbose;
	long wait;
};

static int parse(struct ctx *ctx, const char *synopsis, const struct opt *own, bool leading, int *argc, char **argv)
{
	struct common c = {.wait = ctx->wait};
	const struct opt common[] = {
		{'R', "root", OPT_STRING, &c.root},
		{'n', "dry-run", OPT_FLAG, &c.dry_run},
		{'j', "json", OPT_FLAG, &c.json},
		{'w', "wait", OPT_NUMBER, &c.wait},
		{'q', "quiet", OPT_FLAG, &c.quiet},
		{'v', "verbose", OPT_FLAG, &c.verbose},
		{0},
	};
	const struct opt_tables tables = {{own, ctx->batch == NULL ? common : NULL}};
	int r = leading ? opt_parse_leading(&ctx->err, synopsis, &tables, argc, argv)
	                : opt_parse(&ctx->err, synopsis, &tables, argc, argv);

	if (r < 0)
		return -1;
	ctx->dry_run |= c.dry_run > 0;
	ctx->json |= c.json > 0;
	ctx->talk += c.verbose - c.quiet;
	ctx->wait = (int)c.wait;
	if (c.root != NULL && *c.root == '\0')
		return err_usage(&ctx->err, synopsis, "--root needs a directory");
	if (c.root != NULL)
		ctx->root = c.root;
	return 0;
}

static int open_root(struct ctx *ctx)
{
	if (ctx->root == NULL)
		ctx->root = getenv("QVMAIL_ROOT");
	return ctx_open(ctx, ctx->root);
}

int common_options_leading(struct ctx *ctx, const char *synopsis, int *argc, char **argv)
{
	if (parse(ctx, synopsis, NULL, true, argc, argv) < 0)
		return -1;
	return open_root(ctx);
}

int common_options(struct ctx *ctx, const char *synopsis, const struct opt *own, int *argc, char **argv)
{
	if (parse(ctx, synopsis, own, false, argc, argv) < 0)
		return -1;
	return ctx->batch == NULL ? open_root(ctx) : 0;
}

static void list_verbs(const struct verb *verbs, char *to, size_t size)
{
	size_t n = 0;

	to[0] = '\0';
	for (const struct verb *v = verbs; v->name != NULL && n + strlen(v->name) + 2 < size; v++) {
		if (v != verbs)
			to[n++] = '|';
		memcpy(to + n, v->name, strlen(v->name) + 1);
		n += strlen(v->name);
	}
}

int verb_run(struct ctx *ctx, const struct verb *verbs, int argc, char **argv)
{
	return verb_run_below(ctx, &(struct verb){.name = ""}, verbs, argc, argv);
}

int verb_run_below(struct ctx *ctx, const struct verb *above, const struct verb *verbs, int argc, char **argv)
{
	char names[200], usage[300];
	struct guess g = {0};

	list_verbs(verbs, names, sizeof names);
	snprintf(usage, sizeof usage, "%s %s%s%s ... (%s --help says more)", ctx->applet, above->name,
	         *above->name != '\0' ? " " : "", names, ctx->applet);
	if (parse(ctx, usage, NULL, true, &argc, argv) < 0)
		return -1;
	if (argc < 2)
		return err_usage(&ctx->err, usage, "one more word is expected");
	for (const struct verb *v = verbs; v->name != NULL; v++)
		if (strcmp(v->name, argv[1]) == 0)
			return v->run(ctx, v, argc - 1, argv + 1);
	g.typed = argv[1];
	for (const struct verb *v = verbs; v->name != NULL; v++)
		guess_offer(&g, v->name);
	return err_usage(&ctx->err, usage, "unknown word \"%.300s\"%s", argv[1], guess_hint(&g, ""));
}
