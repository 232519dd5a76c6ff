/* import - many commands as one change. */
#include "move/import.h"

#include <stdlib.h>
#include <string.h>

#include "lib/feed.h"
#include "lib/given.h"
#include "lib/join.h"
#include "move/moved.h"
#include "move/words.h"

struct source;

struct import {
	struct ctx *ctx;
	const char *name; /* of the text, as errors call it */
	const struct import_command *commands;
	const struct source *source; /* another system, and what it has; NULL: none */
	struct moved *moved;
	struct buf line; /* the words of the line at hand, a NUL behind each */
};

static int unknown(const struct import *im, int argc, char **argv)
{
	struct buf known = BUF(1024);

	for (const struct import_command *c = im->commands; c->applet != NULL; c++)
		buf_printf(&known, "%s%s %s", c == im->commands ? "" : ", ", c->applet, c->verb);
	err_perm(&im->ctx->err, "%s%s%s cannot be imported; these can: %s", argv[0], argc > 1 ? " " : "",
	         argc > 1 ? argv[1] : "", buf_text(&known));
	buf_free(&known);
	return -1;
}

static int command(const struct import *im, int argc, char **argv)
{
	for (const struct import_command *c = im->commands; c->applet != NULL; c++)
		if (argc > 1 && strcmp(c->applet, argv[0]) == 0 && strcmp(c->verb, argv[1]) == 0)
			return c->run(im->ctx, argc, argv);
	return unknown(im, argc, argv);
}

static int one_line(struct import *im, const struct feed_line *l)
{
	char **argv;
	int argc, r;

	if (memchr(l->p, '\0', l->n) != NULL)
		return err_perm(&im->ctx->err, "a NUL byte; remove it");
	im->line.len = 0;
	buf_add(&im->line, l->p, l->n);
	buf_char(&im->line, '\0');
	argv = malloc(WORDS_ROOM(l->n) * sizeof *argv);
	if (argv == NULL || buf_failed(&im->line)) {
		free(argv);
		return err_temp(&im->ctx->err, "out of memory");
	}
	argc = words_split(im->line.p, l->n, argv);
	r = argc == 0 || *argv[0] == '#' ? 0 : command(im, argc, argv);
	free(argv);
	return r;
}

/* The command knows what is wrong, only the reader knows where. */
static int at_line(const struct import *im, size_t number)
{
	char why[sizeof im->ctx->err.text];
	int code;

	err_name(&im->ctx->err);
	code = im->ctx->err.code;
	memcpy(why, im->ctx->err.text, sizeof why);
	err_perm(&im->ctx->err, "%s:%zu: %s", im->name, number, why);
	im->ctx->err.code = code;
	return -1;
}

static int all_lines(struct import *im, const struct buf *text)
{
	struct feed feed = feed_text(buf_text(text), text->len);
	struct feed_line l = {.ended = true};
	const struct change *whole = im->ctx->whole;
	int r = 0;

	while (r == 0 && l.ended) {
		r = feed_next(&feed, &l);
		if (r == 0 && one_line(im, &l) < 0)
			r = at_line(im, l.number);
		if (r == 0 && whole->files.failed)
			r = err_temp(&im->ctx->err, "out of memory");
	}
	feed_free(&feed);
	return r;
}

struct source {
	const char *system;
	int (*move)(struct moved *m);
};

static const struct source sources[] = {
	{"vpopmail", from_vpopmail},
	{"vmailmgr", from_vmailmgr},
};

static const struct source *find_source(struct ctx *ctx, const char *system)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (strcmp(sources[i].system, system) == 0)
			return &sources[i];
	err_perm(&ctx->err, "invalid --from \"%.100s\": expected vpopmail or vmailmgr", system);
	return NULL;
}

/* The commands; text as it was given, or made from what another system has. */
static int find_commands(struct import *im, struct change *c, const struct buf *text)
{
	struct moved *m = im->moved;
	int r;

	if (m == NULL)
		return all_lines(im, text);
	m->change = c;
	r = im->source->move(m);
	if (r == 0 && buf_failed(&m->out))
		r = err_temp(&im->ctx->err, "out of memory");
	return r == 0 ? all_lines(im, &m->out) : -1;
}

static int batch(struct import *im, const struct buf *text)
{
	struct ctx *ctx = im->ctx;
	struct change c;
	int r = change_begin(ctx, &c);

	if (r == 0) {
		ctx->whole = &c;
		r = find_commands(im, &c, text);
		ctx->whole = NULL;
	}
	if (r == 0)
		r = change_apply(ctx, &c, ROUTING_ADD, c.deliver);
	change_end(&c);
	return r;
}

int import_run(struct ctx *ctx, const char *file, const struct import_command *commands)
{
	struct import im = {.ctx = ctx, .commands = commands, .line = BUF(CONTROL_MAX)};
	struct buf text = BUF(CONTROL_MAX);
	int r;

	im.name = given_name(file);
	r = given_read(ctx, file, &text); /* before the lock is taken: who writes it may take their time */
	if (r == 0)
		r = batch(&im, &text);
	buf_free(&im.line);
	buf_free(&text);
	return r;
}

int import_from(struct ctx *ctx, const char *system, const char *dir, char *const *domain, int n,
                const struct import_command *commands)
{
	struct import im = {.ctx = ctx, .commands = commands, .line = BUF(CONTROL_MAX)};
	struct moved m = {.ctx = ctx, .domain = domain, .n = n, .out = BUF(CONTROL_MAX)};
	char path[NAME_PATH_MAX + 1], name[sizeof path + 64];
	int r;

	im.source = find_source(ctx, system);
	if (im.source == NULL || name_path(&ctx->err, dir, path) < 0)
		return -1;
	join(name, sizeof name, path, ", command made", NULL);
	im.name = name;
	im.moved = &m;
	m.dir = path;
	r = batch(&im, NULL);
	buf_free(&m.out);
	buf_free(&im.line);
	return r;
}
