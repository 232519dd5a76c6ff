/*
 * apply - carry out a plan: stage, then show.
 *
 * A new directory is built under a temporary name together with everything that the plan puts below it, and shown by one
 * rename. This is called a "tree" here; its root is the topmost new directory.
 */
#include <stdio.h>
#include <string.h>

#include "lib/set_owner.h"
#include "lib/tree.h"
#include "plan/print.h"
#include "plan/stage.h"
#include "qmail/nodes.h"
#include "qmail/qsend.h"

/*
 * A step that is synced with the next one: both are in one directory, and either order is safe. These are a table and its cdb,
 * and files in the home of a customer, whose order bulk does not keep either.
 */
static bool is_followed(const struct apply *a, const struct plan_step *s)
{
	const struct plan_step *next = s + 1;
	const char *slash = strrchr(s->path, '/');
	size_t n = (size_t)(slash - s->path) + 1;

	if (next == a->plan->step + a->plan->n)
		return false;
	if (next->op == PLAN_CDB)
		return strcmp(next->more->source, s->path) == 0;
	return s->op == PLAN_FILE && next->op == PLAN_FILE && !step_is_home(s) && next->root == NULL &&
	       strncmp(next->path, s->path, n) == 0 && strchr(next->path + n, '/') == NULL;
}

static int show_file(struct apply *a, struct plan_step *s)
{
	if (s->root != NULL)
		return 0;
	if (!s->is_staged && (stage_step(a, s) < 0 || replace_ready(a->ctx, &s->more->staged) < 0))
		return -1;
	if (a->newtree.bulk && !step_is_home(s) && replace_unpark(a->ctx, &s->more->staged) < 0)
		return -1;
	s->is_staged = false;
	if (s->op == PLAN_CDB)
		replace_touch(&s->more->staged);
	if ((a->newtree.bulk && !step_is_home(s)) || is_followed(a, s))
		return replace_rename(a->ctx, &s->more->staged);
	return replace_show(a->ctx, &s->more->staged);
}

/* Nothing depends on it, and the rest is not left half done for its sake. */
static int make_it(struct apply *a, const struct plan_step *s)
{
	const struct buf data = {.p = (char *)s->data, .len = s->n};

	if (s->more->make(a->ctx, s->path, &data) == 0)
		return 0;
	a->unmade = a->ctx->err;
	a->ctx->err = (struct err){0};
	return 0;
}

static int show(struct apply *a, struct plan_step *s)
{
	if (s->op != PLAN_NOTHING)
		ctx_verbose(a->ctx, "%s%s%s", plan_word(s->op), *s->path != '\0' ? " " : "", s->path);
	switch (s->op) {
	case PLAN_DIR:
	case PLAN_MAILDIR:
		if (s->root != s)
			return 0;
		if (newtree_show(&a->newtree, s->path) < 0)
			return -1;
		s->is_staged = false;
		return 0;
	case PLAN_FILE:
	case PLAN_CDB:
		return show_file(a, s);
	case PLAN_MADE:
		return make_it(a, s);
	case PLAN_HUP:
		return qsend_hup(a->ctx, a->conf);
	case PLAN_NODES:
		return nodes_wait(a->ctx);
	case PLAN_GIVE:
		return set_owner(a->ctx, s->path, &s->owner);
	case PLAN_REMOVE:
		return s->root != NULL ? 0 : tree_remove(a->ctx, s->path);
	case PLAN_NOTHING:
		return 0;
	}
	return -1;
}

static bool is_new_tree(const struct plan_step *s)
{
	return s->op == PLAN_DIR || s->op == PLAN_MAILDIR;
}

/* Steps from..end: the new directories, or all others. */
static int show_those(struct apply *a, size_t from, size_t end, bool new)
{
	for (size_t k = from; k < end; k++) {
		struct plan_step *s = &a->plan->step[k];

		if (is_new_tree(s) != new)
			continue;
		if (show(a, s) < 0)
			return -1;
		if (step_is_of_tree(s))
			progress_made(&a->progress);
	}
	return 0;
}

/* A run of tree steps from *i on: new directories, one sync, files, one sync. */
static int show_many(struct apply *a, size_t *i)
{
	struct plan *p = a->plan;
	size_t from = *i, end = *i;

	while (end < p->n && (step_is_of_tree(&p->step[end]) || p->step[end].op == PLAN_NOTHING))
		end++;
	if (show_those(a, from, end, true) < 0 || stage_sync(a) < 0 || show_those(a, from, end, false) < 0)
		return -1;
	*i = end;
	progress_end(&a->progress);
	return stage_sync(a);
}

static int show_all(struct apply *a)
{
	for (size_t i = 0; i < a->plan->n;) {
		if (a->newtree.bulk && step_is_of_tree(&a->plan->step[i])) {
			if (show_many(a, &i) < 0)
				return -1;
		} else if (show(a, &a->plan->step[i++]) < 0) {
			return -1;
		}
	}
	return 0;
}

static int apply(struct apply *a)
{
	return stage_all(a) < 0 ? -1 : show_all(a);
}

int plan_apply(struct ctx *ctx, const struct conf *conf, struct plan *p)
{
	struct apply a = {.ctx = ctx, .conf = conf, .plan = p, .newtree = {.ctx = ctx}};
	int r;

	if (p->failed)
		return err_temp(&ctx->err, "out of memory");
	if (ctx->dry_run)
		return plan_print(ctx, p);
	r = apply(&a);
	progress_end(&a.progress);
	if (r == 0 && a.unmade.code != 0)
		r = err_temp(&ctx->err, "the change is made, but a file that is made from it is still the old one: %s; run the command again",
		             a.unmade.text);
	stage_drop(&a);
	newtree_end(&a.newtree);
	return r;
}
