/* print - a plan in readable form, as shown by --dry-run. */
#include "plan/print.h"

#include <stdio.h>
#include <string.h>

#include "lib/diff.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "plan/view.h"
#include "qmail/conf.h"
#include "qmail/smtproutes.h"

enum { PIECE = 1 << 16 }; /* bytes; an import prints tens of millions */

struct printing {
	struct ctx *ctx;
	struct plan *plan;
	struct buf out; /* what is not written yet */
};

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
static void print_name(struct buf *out, const char *word, const char *side, const char *path, bool there)
{
	buf_str(out, word);
	buf_str(out, there ? side : " /dev/null");
	buf_str(out, there ? path : "");
	buf_char(out, '\n');
}

static void print_hunks(struct buf *out, const char *path, bool was, const struct buf *old, bool will, const struct buf *new)
{
	if (old->len == new->len && memcmp(buf_text(old), buf_text(new), old->len) == 0) {
		buf_printf(out, "%s %s (empty)\n", will ? "write" : "remove", path);
		return;
	}
	print_name(out, "---", " a", path, was);
	print_name(out, "+++", " b", path, will);
	diff_unified(buf_text(old), old->len, buf_text(new), new->len, out);
}

/* The same for control/smtproutes, without the logins in it. */
static void print_routes(struct buf *out, const char *path, bool was, const struct buf *old, bool will,
                         const struct buf *new)
{
	struct buf from = BUF(2 * (size_t)CONTROL_MAX), to = BUF(2 * (size_t)CONTROL_MAX);

	smtproutes_show_lines(&from, buf_text(old), old->len);
	smtproutes_show_lines(&to, buf_text(new), new->len);
	out->failed |= buf_failed(&from) || buf_failed(&to);
	print_hunks(out, path, was, &from, will, &to);
	buf_free(&from);
	buf_free(&to);
}

/* The diff from the file's contents to new; NULL: the file is removed. */
static int print_diff(struct printing *p, const char *path, const struct buf *new)
{
	bool routes = strcmp(path, QMAIL_CONTROL "smtproutes") == 0;
	struct buf old = BUF(CONTROL_MAX), none = BUF(0);
	int r = plan_is_below_new(p->plan, path) ? 1 : fs_slurp(p->ctx, path, &old, NULL);

	if (r >= 0)
		(routes ? print_routes : print_hunks)(&p->out, path, r == 0, &old, new != NULL, new != NULL ? new : &none);
	buf_free(&old);
	return r < 0 ? -1 : 0;
}

/* A file is shown with its contents, a directory by its name only. */
static int print_remove(struct printing *p, const char *path)
{
	struct stat st;
	int r = fs_stat(p->ctx, path, &st);

	if (r < 0)
		return -1;
	if (r == 0 && S_ISREG(st.st_mode))
		return print_diff(p, path, NULL);
	if (r == 0)
		buf_printf(&p->out, "remove %s\n", path);
	return 0;
}

static void print_words(struct buf *out, const struct plan_step *s)
{
	buf_str(out, plan_word(s->op));
	buf_char(out, ' ');
	buf_str(out, s->path);
}

static void print_owner(struct buf *out, const struct owner *o)
{
	char digits[JOIN_NUMBER];

	buf_str(out, " (mode ");
	for (int shift = 9; shift >= 0; shift -= 3)
		buf_char(out, (char)('0' + (o->mode >> shift & 7)));
	if (o->uid != (uid_t)-1) {
		buf_str(out, ", owner ");
		buf_str(out, join_number(digits, o->uid, 1));
		buf_char(out, ':');
		buf_str(out, join_number(digits, o->gid, 1));
	}
	buf_char(out, ')');
}

/* The contents of files that only root may read are not printed, as the output may be logged. */
static bool is_secret(const struct plan_step *s)
{
	return (s->owner.mode & 044) == 0;
}

static int print_step(struct printing *p, const struct plan_step *s)
{
	switch (s->op) {
	case PLAN_FILE:
		if (!is_secret(s))
			return print_diff(p, s->path, &(struct buf){.p = (char *)s->data, .len = s->n});
		print_words(&p->out, s);
		break;
	case PLAN_REMOVE:
		return print_remove(p, s->path);
	case PLAN_NOTHING:
		return 0;
	case PLAN_DIR:
	case PLAN_MAILDIR:
	case PLAN_GIVE:
		print_words(&p->out, s);
		print_owner(&p->out, &s->owner);
		break;
	case PLAN_CDB:
		print_words(&p->out, s);
		buf_printf(&p->out, " from %s", s->more->source);
		break;
	case PLAN_MADE:
		print_words(&p->out, s);
		break;
	case PLAN_HUP:
	case PLAN_NODES:
		buf_str(&p->out, plan_word(s->op));
		break;
	}
	buf_char(&p->out, '\n');
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

static void flush(struct buf *out)
{
	fwrite(buf_text(out), 1, out->len, stdout);
	out->len = 0;
}

int plan_print(struct ctx *ctx, struct plan *plan)
{
	struct printing p = {ctx, plan, BUF(3 * (size_t)CONTROL_MAX)};
	bool changes = any_other(plan);
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->n; i++) {
		if (changes || plan->step[i].op != PLAN_MADE)
			r = print_step(&p, &plan->step[i]);
		if (p.out.len >= PIECE)
			flush(&p.out);
	}
	flush(&p.out);
	if (r == 0 && buf_failed(&p.out))
		r = err_temp(&ctx->err, "out of memory");
	buf_free(&p.out);
	return r;
}
