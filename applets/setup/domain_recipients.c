/* domain_recipients - the list of a dial-up host's addresses. */
#include "setup/domain_recipients.h"

#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/given.h"
#include "lib/join.h"
#include "lib/json.h"
#include "plan/view.h"
#include "qmail/localparts.h"
#include "setup/change.h"

/* The path of its list. */
static int find(struct ctx *ctx, const struct change *c, const char *host, char *path, size_t size)
{
	struct domain d;

	if (change_domain(ctx, c, host, &d) < 0)
		return -1;
	if (d.form != DOMAIN_DIALUP)
		return err_perm(&ctx->err, "%s is a %s domain; only a dial-up host has a list of recipients", d.name.text,
		                domain_word(d.form));
	join(path, size, d.home, "/" LOCALPARTS_FILE, NULL);
	return 0;
}

/* All of the text is good, and lists somebody. */
static int check(struct ctx *ctx, const char *name, struct buf *text)
{
	size_t at = 0, number = 0, entries = 0, len;
	const char *entry, *why;

	if (text->len > 0 && text->p[text->len - 1] != '\n')
		buf_char(text, '\n');
	for (; localparts_next(buf_text(text), text->len, &at, &number, &entry, &len); entries++) {
		why = localparts_bad(entry, len);
		if (why != NULL)
			return err_perm(&ctx->err, "%s:%zu: invalid local part \"%.*s\": %s", name, number, len < 100 ? (int)len : 100,
			                entry, why);
	}
	if (entries == 0)
		return err_perm(&ctx->err, "%s contains no local part; use --off if every address is to be accepted", name);
	return buf_failed(text) ? err_temp(&ctx->err, "out of memory") : 0;
}

static void edit_one(struct lines *l, const char *local, bool add)
{
	size_t at = lines_find(l, LINES_LIST, local, 0);

	if (add && at == LINES_NONE)
		lines_insert(l, l->n, local);
	for (; !add && at != LINES_NONE; at = lines_find(l, LINES_LIST, local, 0))
		lines_remove(l, at);
}

/* word is LOCAL[,LOCAL]... */
static int edit_word(struct ctx *ctx, struct lines *l, const char *word, bool add)
{
	char local[NAME_LOCAL_MAX + 3]; /* ".*" may follow */
	bool more = true;

	for (size_t n; more; word += n + 1) {
		const char *why;

		n = strcspn(word, ",");
		more = word[n] == ',';
		why = *word == '#' ? "a line that begins with # is a comment" : localparts_bad(word, n);
		if (why != NULL)
			return err_perm(&ctx->err, "invalid local part \"%.*s\": %s", n < 100 ? (int)n : 100, word, why);
		join_part(local, sizeof local, word, n);
		edit_one(l, local, add);
	}
	return 0;
}

static int edit_all(struct ctx *ctx, struct lines *l, const struct opt_list *words, bool add)
{
	int r = 0;

	for (int i = 0; r == 0 && i < words->n; i++)
		r = edit_word(ctx, l, words->item[i], add);
	return r;
}

static int edit(struct ctx *ctx, const struct recipients_wish *wish, const struct buf *old, struct buf *new)
{
	struct lines l = {0};
	int r;

	lines_parse(&l, buf_text(old), old->len);
	r = edit_all(ctx, &l, &wish->add, true);
	if (r == 0)
		r = edit_all(ctx, &l, &wish->remove, false);
	lines_render(&l, new);
	if (r == 0 && (lines_failed(&l) || buf_failed(new)))
		r = err_temp(&ctx->err, "out of memory");
	lines_free(&l);
	return r;
}

static bool same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(buf_text(a), buf_text(b), a->len) == 0;
}

/* new: what was given, if a file was. */
static int replace(struct ctx *ctx, struct change *c, const char *path, const struct recipients_wish *wish,
                   struct buf *new)
{
	struct buf old = BUF(CONTROL_MAX);
	struct plan_seen seen;
	char where[1024];
	int r = plan_slurp(ctx, &c->files, path, &old, &seen.st);

	seen.there = r == 0;
	if (r >= 0)
		r = wish->file == NULL ? edit(ctx, wish, &old, new) : 0;
	snprintf(where, sizeof where, "%.100s%s", ctx->root, path);
	if (r == 0)
		r = check(ctx, wish->file != NULL ? given_name(wish->file) : where, new);
	if (r == 0 && (!seen.there || !same(&old, new)))
		plan_file(&c->files, path, &(struct owner){0644, (uid_t)-1, (gid_t)-1}, new, &seen);
	buf_free(&old);
	return r;
}

static int set(struct ctx *ctx, struct change *c, const char *path, const struct recipients_wish *wish, struct buf *new)
{
	struct stat st;
	int r = wish->off ? plan_stat(ctx, &c->files, path, &st) : replace(ctx, c, path, wish, new);

	if (wish->off && r == 0)
		plan_remove(&c->files, path);
	return r >= 0 ? change_apply(ctx, c, ROUTING_ADD, false) : -1;
}

int domain_recipients(struct ctx *ctx, const char *host, const struct recipients_wish *wish)
{
	struct buf text = BUF(CONTROL_MAX);
	struct change c;
	char path[900];
	int r = wish->file != NULL ? given_read(ctx, wish->file, &text) : 0;

	if (r < 0)
		return -1;
	r = change_begin(ctx, &c);
	if (r == 0)
		r = find(ctx, &c, host, path, sizeof path);
	if (r == 0)
		r = set(ctx, &c, path, wish, &text);
	change_end(&c);
	buf_free(&text);
	return r;
}

static int print_json(struct ctx *ctx, const struct buf *text)
{
	size_t at = 0, number = 0, len;
	const char *entry;
	struct buf b = BUF(CONTROL_MAX);
	int r = 0;

	json_open(&b, '[');
	while (localparts_next(buf_text(text), text->len, &at, &number, &entry, &len))
		json_bytes(&b, entry, len);
	json_close(&b, ']');
	if (buf_failed(&b))
		r = err_temp(&ctx->err, "out of memory");
	else
		printf("%s\n", buf_text(&b));
	buf_free(&b);
	return r;
}

static int print(struct ctx *ctx, const char *host, const char *path)
{
	struct buf text = BUF(CONTROL_MAX);
	int r = fs_slurp(ctx, path, &text, NULL);

	if (r == 1) {
		if (ctx->json)
			printf("null\n");
		else
			ctx_info(ctx, "%s has no list: every address is accepted", host);
		r = 0;
	} else if (r == 0 && ctx->json) {
		r = print_json(ctx, &text);
	} else if (r == 0) {
		fwrite(buf_text(&text), 1, text.len, stdout);
	}
	buf_free(&text);
	return r;
}

int domain_recipients_print(struct ctx *ctx, const char *host)
{
	struct change c;
	char path[900];
	int r = change_look(ctx, &c);

	if (r == 0)
		r = find(ctx, &c, host, path, sizeof path);
	if (r == 0)
		r = print(ctx, host, path);
	change_end(&c);
	return r;
}
