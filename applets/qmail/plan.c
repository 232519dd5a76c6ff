/* plan - a list of changes, applied in order, or none of them. */
#include "qmail/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/tree.h"
#include "qmail/maildir.h"
#include "qmail/plan_print.h"
#include "qmail/plan_view.h"
#include "qmail/qsend.h"

static struct plan_step *queue(struct plan *p, enum plan_op op, const char *path)
{
	static struct plan_step lost; /* what is written into it is never read */
	struct plan_step *step = p->step;
	size_t cap = p->cap ? p->cap * 2 : 16;

	if (p->n == p->cap) {
		step = realloc(p->step, cap * sizeof *step);
		if (step != NULL) {
			p->step = step;
			p->cap = cap;
		}
	}
	if (step != NULL) {
		step += p->n;
		*step = (struct plan_step){.op = op, .path = strdup(path)};
	}
	if (step == NULL || step->path == NULL) {
		p->failed = true;
		return &lost;
	}
	p->n++;
	return step;
}

void plan_dir(struct plan *p, const char *path, const struct owner *o)
{
	queue(p, PLAN_DIR, path)->owner = *o;
}

void plan_maildir(struct plan *p, const char *path, const struct owner *o)
{
	queue(p, PLAN_MAILDIR, path)->owner = *o;
}

/* An earlier step that was to write path no longer does; NULL: there is none. */
static const struct plan_step *take_place(struct plan *p, const char *path)
{
	struct plan_step *was = plan_find(p, path);

	if (was == NULL || was->op != PLAN_FILE)
		return NULL;
	was->op = PLAN_NOTHING;
	buf_free(&was->data);
	return was;
}

void plan_file(struct plan *p, const char *path, const struct owner *o, struct buf *data, const struct plan_seen *seen)
{
	const struct plan_step *was = take_place(p, path);
	struct plan_seen disk = was != NULL ? was->seen : (struct plan_seen){0};
	bool check = was != NULL ? was->check_seen : seen != NULL;
	struct plan_step *s = queue(p, PLAN_FILE, path);

	p->failed |= buf_failed(data);
	s->owner = *o;
	s->check_seen = check;
	if (check)
		s->seen = was != NULL ? disk : *seen;
	s->data = *data;
	*data = BUF(data->max);
}

void plan_text(struct plan *p, const char *path, const struct owner *o, const char *text)
{
	struct buf b = BUF(CONTROL_MAX);

	buf_str(&b, text);
	plan_file(p, path, o, &b, NULL);
}

void plan_cdb(struct plan *p, const char *path, const char *source, plan_digest *digest, const struct buf *data)
{
	struct plan_step *s = queue(p, PLAN_CDB, path);

	s->owner = (struct owner){0644, (uid_t)-1, (gid_t)-1};
	s->source = source;
	s->digest = digest;
	s->data = BUF(data->max);
	buf_add(&s->data, data->p, data->len);
	p->failed |= buf_failed(&s->data);
}

void plan_hup(struct plan *p)
{
	queue(p, PLAN_HUP, "");
}

void plan_remove(struct plan *p, const char *path)
{
	take_place(p, path);
	queue(p, PLAN_REMOVE, path);
}

void plan_join(struct plan *p, struct plan *tail)
{
	for (size_t i = 0; i < tail->n; i++) {
		struct plan_step *s = queue(p, tail->step[i].op, "");
		char *path = s->path;

		*s = tail->step[i];
		free(path);
		tail->step[i].path = NULL;
		tail->step[i].data = BUF(0);
	}
	p->failed |= tail->failed;
	plan_free(tail);
}

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->step[i].path);
		buf_free(&p->step[i].data);
	}
	free(p->step);
	free(p->index);
	*p = (struct plan){0};
}

static int out_of_memory(struct ctx *ctx)
{
	return err_temp(&ctx->err, "out of memory");
}

/* A change by hand since the file was read, even one that kept its size, shows in its times. */
static int unchanged(struct ctx *ctx, const struct plan_step *s)
{
	const struct stat *was = &s->seen.st;
	struct stat now;
	int r = fs_stat(ctx, s->path, &now);

	if (r < 0)
		return -1;
	if (s->seen.there == (r == 0) &&
	    (r == 1 || (was->st_ino == now.st_ino && was->st_dev == now.st_dev && was->st_size == now.st_size &&
	                was->st_mtim.tv_sec == now.st_mtim.tv_sec && was->st_mtim.tv_nsec == now.st_mtim.tv_nsec &&
	                was->st_ctim.tv_sec == now.st_ctim.tv_sec && was->st_ctim.tv_nsec == now.st_ctim.tv_nsec)))
		return 0;
	return err_temp(&ctx->err, "%s%s was changed by somebody else meanwhile: nothing was done; run the command again",
	                ctx->root, s->path);
}

static int stage(struct ctx *ctx, struct plan_step *s)
{
	int r;

	if (replace_begin(ctx, &s->staged, s->path, &s->owner) < 0)
		return -1;
	s->is_staged = true;
	if (s->op == PLAN_CDB)
		r = s->digest(ctx, s->source, buf_text(&s->data), s->data.len, s->staged.fd);
	else
		r = fs_write(s->staged.fd, buf_text(&s->data), s->data.len);
	if (r < 0 && s->op == PLAN_FILE)
		err_sys(&ctx->err, "unable to write %s%s", ctx->root, s->path);
	return r < 0 ? -1 : replace_ready(ctx, &s->staged);
}

/* Files below the qmail home are staged before anything is shown; small ones elsewhere when their turn comes. */
static bool is_staged_first(const struct plan_step *s)
{
	return (s->op == PLAN_FILE || s->op == PLAN_CDB) &&
	       strncmp(s->path, QMAIL_HOME "/", strlen(QMAIL_HOME "/")) == 0;
}

static int stage_all(struct ctx *ctx, struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (is_staged_first(&p->step[i]) && stage(ctx, &p->step[i]) < 0)
			return -1;
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].check_seen && unchanged(ctx, &p->step[i]) < 0)
			return -1;
	return 0;
}

static int show(struct ctx *ctx, const struct conf *conf, struct plan_step *s)
{
	if (s->op != PLAN_NOTHING)
		ctx_talk(ctx, "%s%s%s", plan_word(s->op), *s->path != '\0' ? " " : "", s->path);
	switch (s->op) {
	case PLAN_DIR:
		return tree_make(ctx, s->path, &s->owner, NULL);
	case PLAN_MAILDIR:
		return tree_make(ctx, s->path, &s->owner, maildir_parts);
	case PLAN_FILE:
	case PLAN_CDB:
		if (!s->is_staged && stage(ctx, s) < 0)
			return -1;
		s->is_staged = false;
		return replace_show(ctx, &s->staged);
	case PLAN_HUP:
		return qsend_hup(ctx, conf);
	case PLAN_REMOVE:
		return tree_remove(ctx, s->path);
	case PLAN_NOTHING:
		return 0;
	}
	return -1;
}

static void drop_staged(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].is_staged) {
			replace_drop(&p->step[i].staged);
			p->step[i].is_staged = false;
		}
}

int plan_apply(struct ctx *ctx, const struct conf *conf, struct plan *p)
{
	int r;

	if (p->failed)
		return out_of_memory(ctx);
	if (ctx->dry_run)
		return plan_print(ctx, p);
	r = stage_all(ctx, p);
	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = show(ctx, conf, &p->step[i]);
	drop_staged(p);
	return r;
}
