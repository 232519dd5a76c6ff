/* stage - everything that a plan shows is written first, beside what is there. */
#include "plan/stage.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/join.h"
#include "plan/view.h"
#include "qmail/maildir.h"

enum { BULK = 200 }; /* with more steps than this outside the qmail home, one sync of the file system is cheaper */

/* The times reveal an edit since the file was read, even one that kept its size. */
static int unchanged(struct ctx *ctx, const struct plan_step *s)
{
	const struct plan_seen none = {0}, *seen = s->more != NULL ? &s->more->seen : &none;
	const struct stat *was = &seen->st;
	struct stat now;
	int r = fs_stat(ctx, s->path, &now);

	if (r < 0)
		return -1;
	if (seen->there == (r == 0) &&
	    (r == 1 || (was->st_ino == now.st_ino && was->st_dev == now.st_dev && was->st_size == now.st_size &&
	                was->st_mtim.tv_sec == now.st_mtim.tv_sec && was->st_mtim.tv_nsec == now.st_mtim.tv_nsec &&
	                was->st_ctim.tv_sec == now.st_ctim.tv_sec && was->st_ctim.tv_nsec == now.st_ctim.tv_nsec)))
		return 0;
	return err_temp(&ctx->err, "%s%s was changed by another program meanwhile; nothing was done; run the command again",
	                ctx->root, s->path);
}

static bool is_below(const struct plan_step *s, const char *dir)
{
	return strncmp(s->path, dir, strlen(dir)) == 0;
}

bool step_is_home(const struct plan_step *s)
{
	return is_below(s, QMAIL_HOME "/") && !is_below(s, QMAIL_HOME "/alias/");
}

bool step_is_of_tree(const struct plan_step *s)
{
	return s->op == PLAN_DIR || s->op == PLAN_MAILDIR || (s->op == PLAN_FILE && !step_is_home(s));
}

/* The root of the tree that a step belongs to, or NULL: its path is in a directory that already exists. */
static struct plan_step *root_of(struct plan *p, struct plan_step *s)
{
	struct plan_step *root = s->op == PLAN_DIR || s->op == PLAN_MAILDIR ? s : NULL, *above;
	char path[PATH_MAX];
	char *slash;

	join(path, sizeof path, s->path, NULL);
	for (slash = strrchr(path, '/'); slash != NULL && slash > path; slash = strrchr(path, '/')) {
		*slash = '\0';
		above = plan_find(p, path);
		if (above != NULL && (above->op == PLAN_DIR || above->op == PLAN_MAILDIR))
			root = above;
	}
	return root;
}

static int build_step(struct apply *a, struct plan_step *s)
{
	switch (s->op) {
	case PLAN_DIR:
	case PLAN_MAILDIR:
		s->is_staged = s->root == s;
		return newtree_dir(&a->newtree, s->root->path, s->path, &s->owner, s->op == PLAN_MAILDIR ? maildir_parts : NULL);
	case PLAN_FILE:
		return newtree_file(&a->newtree, s->root->path, s->path, &s->owner, s->data, s->n);
	case PLAN_CDB:
	case PLAN_MADE:
	case PLAN_HUP:
	case PLAN_NODES:
	case PLAN_GIVE:
	case PLAN_REMOVE: /* of a path in a new tree: it does not exist */
	case PLAN_NOTHING:
		break;
	}
	return 0;
}

static int build_trees(struct apply *a)
{
	struct plan *p = a->plan;
	size_t steps = 0;

	for (size_t i = 0; i < p->n; i++)
		steps += step_is_of_tree(&p->step[i]);
	a->newtree.bulk = steps > BULK;
	if (a->newtree.bulk)
		progress_begin(&a->progress, a->ctx, steps, 2);
	for (size_t i = 0; i < p->n; i++) {
		p->step[i].root = step_is_home(&p->step[i]) ? NULL : root_of(p, &p->step[i]);
		if (p->step[i].root != NULL && build_step(a, &p->step[i]) < 0)
			return -1;
		if (step_is_of_tree(&p->step[i]))
			progress_made(&a->progress);
	}
	return 0;
}

/* The step with the source text of a cdb: the one that the plan writes, or this one. */
static const struct plan_step *source_step(struct plan *p, const struct plan_step *s)
{
	const struct plan_step *source = plan_find(p, s->more->source);

	return source != NULL && source->op == PLAN_FILE ? source : s;
}

int stage_step(struct apply *a, struct plan_step *s)
{
	struct ctx *ctx = a->ctx;
	const struct plan_step *text = s->op == PLAN_CDB ? source_step(a->plan, s) : s;
	int r;

	if (plan_more(s) == NULL)
		return err_temp(&ctx->err, "out of memory");
	if (replace_begin(ctx, &s->more->staged, s->path, &s->owner) < 0)
		return -1;
	s->is_staged = true;
	if (s->op == PLAN_CDB)
		r = s->more->digest(ctx, s->more->source, text->data, text->n, s->more->staged.fd);
	else
		r = fs_write(s->more->staged.fd, text->data, text->n);
	if (r < 0 && s->op == PLAN_FILE)
		err_sys(&ctx->err, "unable to write %s%s", ctx->root, s->path);
	return r;
}

static int stage_kind(struct apply *a, enum plan_op op)
{
	for (size_t i = 0; i < a->plan->n; i++) {
		struct plan_step *s = &a->plan->step[i];

		if (s->op != op || !step_is_home(s))
			continue;
		if (stage_step(a, s) < 0)
			return -1;
		sync_file_range(s->more->staged.fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	}
	return 0;
}

/*
 * Stage the files below the qmail home. Write-out of all starts before the first is waited for. Texts come first, so that
 * no cdb is older than its text, in whichever order they are shown, unless a change was interrupted.
 */
static int stage_home(struct apply *a)
{
	struct plan *p = a->plan;

	if (stage_kind(a, PLAN_FILE) < 0 || stage_kind(a, PLAN_CDB) < 0)
		return -1;
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].is_staged && step_is_home(&p->step[i]) && replace_ready(a->ctx, &p->step[i].more->staged) < 0)
			return -1;
	return 0;
}

/* Many files in existing directories: write them; one sync for all follows later. */
static int stage_many(struct apply *a)
{
	for (size_t i = 0; a->newtree.bulk && i < a->plan->n; i++) {
		struct plan_step *s = &a->plan->step[i];

		if (s->op != PLAN_FILE || step_is_home(s) || s->root != NULL)
			continue;
		if (stage_step(a, s) < 0 || replace_park(a->ctx, &s->more->staged) < 0)
			return -1;
	}
	return 0;
}

/* dir is "PARENT/." of the last path: of many, most are in the same directory. */
static bool is_in(const char *path, size_t n, const char *dir)
{
	return strncmp(dir, path, n) == 0 && strcmp(dir + n, "/.") == 0;
}

/* Trees may be on several file systems; consecutive steps on the same one share a sync. */
int stage_sync(struct apply *a)
{
	char dir[PATH_MAX] = "";
	struct stat st;
	dev_t last = 0;
	bool any = false;

	for (size_t i = 0; a->newtree.bulk && i < a->plan->n; i++) {
		const struct plan_step *s = &a->plan->step[i];
		size_t n = (size_t)(strrchr(s->path, '/') - s->path);

		if (!step_is_of_tree(s) || (s->root != NULL && s->root != s) || is_in(s->path, n, dir))
			continue;
		snprintf(dir, sizeof dir, "%.*s/.", (int)n, s->path);
		if (fs_stat(a->ctx, dir, &st) != 0)
			return a->ctx->err.code != 0 ? -1 : err_temp(&a->ctx->err, "%s%s was removed meanwhile", a->ctx->root, dir);
		if (any && st.st_dev == last)
			continue;
		last = st.st_dev;
		any = true;
		if (newtree_sync_all(&a->newtree, s->path) < 0)
			return -1;
	}
	return 0;
}

static int sync_trees(struct apply *a)
{
	for (size_t i = 0; !a->newtree.bulk && i < a->plan->n; i++)
		if (a->plan->step[i].root == &a->plan->step[i] && newtree_sync(&a->newtree, a->plan->step[i].path) < 0)
			return -1;
	return stage_sync(a);
}

static int check_unchanged(struct apply *a)
{
	for (size_t i = 0; i < a->plan->n; i++)
		if (a->plan->step[i].check_seen && a->plan->step[i].op == PLAN_FILE && unchanged(a->ctx, &a->plan->step[i]) < 0)
			return -1;
	return 0;
}

int stage_all(struct apply *a)
{
	if (build_trees(a) < 0 || stage_many(a) < 0 || stage_home(a) < 0 || sync_trees(a) < 0 || check_unchanged(a) < 0)
		return -1;
	return 0;
}

void stage_drop(struct apply *a)
{
	for (size_t i = 0; i < a->plan->n; i++) {
		struct plan_step *s = &a->plan->step[i];

		if (!s->is_staged)
			continue;
		s->is_staged = false;
		if (s->root == s)
			newtree_drop(&a->newtree, s->path);
		else
			replace_drop(a->ctx, &s->more->staged);
	}
}
