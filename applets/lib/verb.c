/* verb - the verbs of an applet, and the options that all applets accept. */
#include "lib/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/guess.h"
#include "lib/join.h"

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
	const struct opt_tables tables = {{own, ctx->whole == NULL ? common : NULL}};
	int r = leading ? opt_parse_leading(&ctx->err, synopsis, &tables, argc, argv)
	                : opt_parse(&ctx->err, synopsis, &tables, argc, argv);

	if (r < 0)
		return -1;
	ctx->dry_run |= c.dry_run > 0;
	ctx->json |= c.json > 0;
	ctx->talk += c.verbose - c.quiet;
	ctx->wait = (int)c.wait;
	if (c.root != NULL && *c.root == '\0')
		return err_usage(&ctx->err, synopsis, "expected a directory after --root");
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

int common_options_leading(struct ctx *ctx, const char *synopsis, const struct opt *own, int *argc, char **argv)
{
	if (parse(ctx, synopsis, own, true, argc, argv) < 0)
		return -1;
	return open_root(ctx);
}

int common_options(struct ctx *ctx, const char *synopsis, const struct opt *own, int *argc, char **argv)
{
	if (parse(ctx, synopsis, own, false, argc, argv) < 0)
		return -1;
	return ctx->whole == NULL ? open_root(ctx) : 0;
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

static const struct verb *find(const struct verb *verbs, const char *word)
{
	for (const struct verb *v = verbs; v->name != NULL; v++)
		if (strcmp(v->name, word) == 0)
			return v;
	return NULL;
}

static int unknown(struct ctx *ctx, const struct verb *verbs, const char *usage, const char *word)
{
	struct guess g = {.typed = word};

	for (const struct verb *v = verbs; v->name != NULL; v++)
		guess_offer(&g, v->name);
	return err_usage(&ctx->err, usage, "unknown subcommand \"%.300s\"%s", word, guess_hint(&g, ""));
}

/* The verb behind options, if there are any. NULL: with ctx->err. */
static const struct verb *find_behind(struct ctx *ctx, const char *above, const struct verb *verbs, int *argc, char **argv)
{
	char names[200], usage[300];
	const struct verb *v;

	list_verbs(verbs, names, sizeof names);
	snprintf(usage, sizeof usage, "%s %s%s ... (see %s --help)", ctx->applet, above, names, ctx->applet);
	if (parse(ctx, usage, NULL, true, argc, argv) < 0)
		return NULL;
	if (*argc < 2) {
		err_usage(&ctx->err, usage, "missing subcommand");
		return NULL;
	}
	v = find(verbs, argv[1]);
	if (v == NULL)
		unknown(ctx, verbs, usage, argv[1]);
	return v;
}

/* above: the words before the verb, "" or "add ". */
static int run_below(struct ctx *ctx, const char *above, const struct verb *verbs, int argc, char **argv)
{
	const struct verb *v = argc > 1 ? find(verbs, argv[1]) : NULL;
	char words[32];

	if (v == NULL)
		v = find_behind(ctx, above, verbs, &argc, argv);
	if (v == NULL)
		return -1;
	if (v->below == NULL)
		return v->run(ctx, v, argc - 1, argv + 1);
	join(words, sizeof words, v->name, " ", NULL);
	return run_below(ctx, words, v->below, argc - 1, argv + 1);
}

int verb_run(struct ctx *ctx, const struct verb *verbs, int argc, char **argv)
{
	return run_below(ctx, "", verbs, argc, argv);
}

const struct verb *verb_named(const struct verb *verbs, int argc, char **argv)
{
	const struct verb *named = NULL;

	for (int i = 1; i < argc && verbs != NULL; i++) {
		const struct verb *v = find(verbs, argv[i]);

		if (v == NULL)
			continue;
		named = v;
		verbs = v->below;
	}
	return named;
}

void verb_each(const struct verb *verbs, void (*f)(const struct verb *verb, void *arg), void *arg)
{
	for (const struct verb *v = verbs; v != NULL && v->name != NULL; v++)
		if (v->below != NULL)
			verb_each(v->below, f, arg);
		else
			f(v, arg);
}
