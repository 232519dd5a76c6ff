/* print - a plan in readable form, as shown by --dry-run. */
#include "plan/print.h"

#include <stdio.h>
#include <string.h>

#include "lib/diff.h"
#include "lib/fs.h"
#include "qmail/conf.h"
#include "qmail/smtproutes.h"

const char *plan_word(enum plan_op op)
{
	static const char *const words[] = {
		[PLAN_DIR] = "make directory",
		[PLAN_MAILDIR] = "make Maildir",
		[PLAN_FILE] = "write",
		[PLAN_CDB] = "build",
		[PLAN_MADE] = "build",
		[PLAN_HUP] = "HUP qmail-send",
		[PLAN_NODES] = "wait until the other gateways have read it",
		[PLAN_GIVE] = "change mode or owner of",
		[PLAN_REMOVE] = "remove",
		[PLAN_NOTHING] = "nothing",
	};

	return words[op];
}

/* "a/PATH", or /dev/null for a file that does not exist */
static void print_name(const char *word, const char *side, const char *path, bool there)
{
	fputs(word, stdout);
	fputs(there ? side : " /dev/null", stdout);
	fputs(there ? path : "", stdout);
	fputs("\n", stdout);
}

static int print_hunks(struct ctx *ctx, const char *path, bool was, const struct buf *old, bool will,
                       const struct buf *new)
{
	struct buf hunks = BUF(2 * (size_t)CONTROL_MAX);
	int r = 0;

	diff_unified(buf_text(old), old->len, buf_text(new), new->len, &hunks);
	if (buf_failed(&hunks)) {
		r = err_temp(&ctx->err, "out of memory");
	} else if (hunks.len == 0) {
		printf("%s %s (empty)\n", will ? "write" : "remove", path);
	} else {
		print_name("---", " a", path, was);
		print_name("+++", " b", path, will);
		fwrite(buf_text(&hunks), 1, hunks.len, stdout);
	}
	buf_free(&hunks);
	return r;
}

/* The same for control/smtproutes, without the logins in it. */
static int print_routes(struct ctx *ctx, const char *path, bool was, const struct buf *old, bool will,
                        const struct buf *new)
{
	struct buf from = BUF(2 * (size_t)CONTROL_MAX), to = BUF(2 * (size_t)CONTROL_MAX);
	int r;

	smtproutes_show_lines(&from, buf_text(old), old->len);
	smtproutes_show_lines(&to, buf_text(new), new->len);
	r = buf_failed(&from) || buf_failed(&to) ? err_temp(&ctx->err, "out of memory")
	                                         : print_hunks(ctx, path, was, &from, will, &to);
	buf_free(&from);
	buf_free(&to);
	return r;
}

/* The diff from the file's contents to new; NULL: the file is removed. */
static int print_diff(struct ctx *ctx, const char *path, const struct buf *new)
{
	bool routes = strcmp(path, QMAIL_CONTROL "smtproutes") == 0;
	struct buf old = BUF(CONTROL_MAX), none = BUF(0);
	int r = fs_slurp(ctx, path, &old, NULL);

	if (r >= 0)
		r = (routes ? print_routes : print_hunks)(ctx, path, r == 0, &old, new != NULL, new != NULL ? new : &none);
	buf_free(&old);
	return r;
}

/* A file is shown with its contents, a directory by its name only. */
static int print_remove(struct ctx *ctx, const char *path)
{
	struct stat st;
	int r = fs_stat(ctx, path, &st);

	if (r < 0)
		return -1;
	if (r == 0 && S_ISREG(st.st_mode))
		return print_diff(ctx, path, NULL);
	if (r == 0)
		printf("remove %s\n", path);
	return 0;
}

/* An import has hundreds of thousands of steps. */
static void print_words(const struct plan_step *s)
{
	fputs(plan_word(s->op), stdout);
	fputs(" ", stdout);
	fputs(s->path, stdout);
}

static void print_owner(const struct owner *o)
{
	printf(" (mode %04o", (unsigned)o->mode);
	if (o->uid != (uid_t)-1)
		printf(", owner %lu:%lu", (unsigned long)o->uid, (unsigned long)o->gid);
	fputs(")", stdout);
}

/* The contents of files that only root may read are not printed, as the output may be logged. */
static bool is_secret(const struct plan_step *s)
{
	return (s->owner.mode & 044) == 0;
}

static int print_step(struct ctx *ctx, const struct plan_step *s)
{
	switch (s->op) {
	case PLAN_FILE:
		if (!is_secret(s))
			return print_diff(ctx, s->path, &(struct buf){.p = (char *)s->data, .len = s->n});
		print_words(s);
		break;
	case PLAN_REMOVE:
		return print_remove(ctx, s->path);
	case PLAN_NOTHING:
		return 0;
	case PLAN_DIR:
	case PLAN_MAILDIR:
	case PLAN_GIVE:
		print_words(s);
		print_owner(&s->owner);
		break;
	case PLAN_CDB:
		print_words(s);
		printf(" from %s", s->more->source);
		break;
	case PLAN_MADE:
		print_words(s);
		break;
	case PLAN_HUP:
	case PLAN_NODES:
		fputs(plan_word(s->op), stdout);
		break;
	}
	fputs("\n", stdout);
	return 0;
}

/* A file that is made again by every change is of interest only if there is one. */
static bool any_other(const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].op != PLAN_MADE && p->step[i].op != PLAN_NOTHING)
			return true;
	return false;
}

int plan_print(struct ctx *ctx, const struct plan *p)
{
	bool changes = any_other(p);

	for (size_t i = 0; i < p->n; i++)
		if ((changes || p->step[i].op != PLAN_MADE) && print_step(ctx, &p->step[i]) < 0)
			return -1;
	return 0;
}
