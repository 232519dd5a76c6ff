/* domain_quota - how much mail may wait for a dial-up host. */
#include "setup/domain_quota.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dialup/full.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "lib/json.h"
#include "plan/view.h"
#include "qmail/quota.h"
#include "setup/change.h"

/* Why not, or NULL. */
static const char *bad_quota(const char *text)
{
	struct quota q;
	size_t n;

	for (const char *p = text; *p != '\0'; p += n + (p[n] != '\0')) {
		n = strspn(p, "0123456789");
		if (n > 1 && *p == '0')
			return "a number begins with 0";
		if (n > QUOTA_DIGITS)
			return "too large; at most 999999999999999";
	}
	if (strpbrk(text, " \t\r\n") != NULL || quota_parse(text, strlen(text), &q) < 0)
		return "expected MESSAGES[,BYTES], not both 0";
	return NULL;
}

int domain_quota_check(struct ctx *ctx, const char *quota)
{
	const char *why = bad_quota(quota);

	return why != NULL ? err_perm(&ctx->err, "invalid quota \"%.100s\": %s", quota, why) : 0;
}

static int find(struct ctx *ctx, const struct change *c, const char *host, struct domain *d)
{
	if (change_domain(ctx, c, host, d) < 0)
		return -1;
	if (d->form != DOMAIN_DIALUP)
		return err_perm(&ctx->err, "%s is a %s domain; only a dial-up host has a quota", d->name.text,
		                domain_word(d->form));
	return 0;
}

static const char *below(const struct domain *d, const char *name, char *path, size_t size)
{
	join(path, size, d->home, "/", name, NULL);
	return path;
}

/* 1: it has this quota. 0 or -1 */
static int set_file(struct ctx *ctx, struct change *c, const char *path, const char *quota)
{
	struct buf text = BUF(64), old = BUF(CONTROL_MAX);
	struct plan_seen seen;
	int r = plan_slurp(ctx, &c->files, path, &old, &seen.st);
	bool same;

	seen.there = r == 0;
	buf_printf(&text, "%s\n", quota);
	same = r == 0 && strcmp(buf_text(&old), buf_text(&text)) == 0;
	if (r >= 0 && !same)
		plan_file(&c->files, path, &(struct owner){0644, (uid_t)-1, (gid_t)-1}, &text, &seen);
	buf_free(&text);
	buf_free(&old);
	return r < 0 ? -1 : same;
}

/* 0, also if it does not exist. */
static int remove_file(struct ctx *ctx, struct change *c, const char *path)
{
	struct stat st;
	int r = plan_stat(ctx, &c->files, path, &st);

	if (r == 0)
		plan_remove(&c->files, path);
	return r < 0 ? -1 : 0;
}

/* Is it full by its new quota? In an import the next flush says so. */
static void keep_full(struct ctx *ctx, const struct domain *d)
{
	char path[900];
	struct err kept = ctx->err;
	int home = fs_dir(ctx, d->home), new = fs_dir(ctx, below(d, "Maildir/new", path, sizeof path));

	if (home >= 0 && new >= 0)
		full_keep(home, new);
	if (home >= 0)
		close(home);
	if (new >= 0)
		close(new);
	ctx->err = kept;
}

/* The mark belongs to the old quota. */
static int set(struct ctx *ctx, struct change *c, const struct domain *d, const char *quota)
{
	char path[900];
	int r;

	below(d, QUOTA_FILE, path, sizeof path);
	r = quota != NULL ? set_file(ctx, c, path, quota) : remove_file(ctx, c, path);
	if (r == 0)
		r = remove_file(ctx, c, below(d, QUOTA_FULL, path, sizeof path));
	if (r >= 0)
		r = change_apply(ctx, c, ROUTING_ADD, false);
	if (r == 0 && !ctx->dry_run && ctx->whole == NULL)
		keep_full(ctx, d);
	return r;
}

int domain_quota(struct ctx *ctx, const char *host, const char *quota)
{
	struct change c;
	struct domain d;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = find(ctx, &c, host, &d);
	if (r == 0)
		r = set(ctx, &c, &d, quota);
	change_end(&c);
	return r;
}

static int print(struct ctx *ctx, const struct domain *d)
{
	struct buf text = BUF(CONTROL_MAX), b = BUF(CONTROL_MAX);
	char path[900];
	int r = fs_slurp(ctx, below(d, QUOTA_FILE, path, sizeof path), &text, NULL);

	if (r >= 0 && ctx->json) {
		json_bytes(&b, buf_text(&text), strcspn(buf_text(&text), "\n"));
		printf("%s\n", r == 0 ? buf_text(&b) : "null");
	} else if (r == 0) {
		fwrite(buf_text(&text), 1, text.len, stdout);
	} else if (r == 1) {
		ctx_info(ctx, "%s has no quota", d->name.text);
	}
	buf_free(&text);
	buf_free(&b);
	return r < 0 ? -1 : 0;
}

int domain_quota_print(struct ctx *ctx, const char *host)
{
	struct change c;
	struct domain d;
	int r = change_look(ctx, &c);

	if (r == 0)
		r = find(ctx, &c, host, &d);
	if (r == 0)
		r = print(ctx, &d);
	change_end(&c);
	return r;
}
