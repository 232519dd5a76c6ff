/* plan - a list of changes, applied in order or not at all. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/grow.h"
#include "plan/view.h"

static struct plan_step *queue(struct plan *p, enum plan_op op, const char *path)
{
	static struct plan_step lost; /* returned if out of memory; never read */
	struct plan_step *step = grow(p->step, p->n, &p->cap, 16, sizeof *step);

	if (step != NULL) {
		p->step = step;
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

/* Cancel an earlier step that writes or removes path, and take over what it knew about the file on disk. */
static void take_place(struct plan *p, const char *path, struct plan_step *known)
{
	struct plan_step *was = plan_find(p, path);

	if (was == NULL || (was->op != PLAN_FILE && was->op != PLAN_REMOVE))
		return;
	*known = (struct plan_step){.check_seen = was->check_seen, .seen = was->seen};
	was->op = PLAN_NOTHING;
	buf_free(&was->data);
}

void plan_file(struct plan *p, const char *path, const struct owner *o, struct buf *data, const struct plan_seen *seen)
{
	struct plan_step known = {.check_seen = seen != NULL}, *s;

	if (seen != NULL)
		known.seen = *seen;
	take_place(p, path, &known);
	s = queue(p, PLAN_FILE, path);
	p->failed |= buf_failed(data);
	s->owner = *o;
	s->check_seen = known.check_seen;
	s->seen = known.seen;
	s->data = *data;
	*data = BUF(data->max);
}

void plan_text(struct plan *p, const char *path, const struct owner *o, const char *text)
{
	struct buf b = BUF(CONTROL_MAX);

	buf_str(&b, text);
	plan_file(p, path, o, &b, NULL);
}

void plan_cdb(struct plan *p, const char *path, const struct owner *o, const char *source, digest_text *digest,
              const struct buf *data)
{
	struct plan_step *s = queue(p, PLAN_CDB, path);

	p->failed |= buf_failed(data);
	s->owner = *o;
	s->source = source;
	s->digest = digest;
	s->data = BUF(data->max);
	buf_add(&s->data, data->p, data->len);
	p->failed |= buf_failed(&s->data);
}

void plan_made(struct plan *p, const char *path, plan_make *make, struct buf *data)
{
	struct plan_step *s = queue(p, PLAN_MADE, path);

	p->failed |= buf_failed(data);
	s->make = make;
	s->data = *data;
	*data = BUF(data->max);
}

void plan_hup(struct plan *p)
{
	queue(p, PLAN_HUP, "");
}

void plan_give(struct plan *p, const char *path, const struct owner *o)
{
	queue(p, PLAN_GIVE, path)->owner = *o;
}

void plan_remove(struct plan *p, const char *path)
{
	struct plan_step known = {0}, *s;

	take_place(p, path, &known);
	s = queue(p, PLAN_REMOVE, path);
	s->check_seen = known.check_seen;
	s->seen = known.seen;
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
	strmap_free(&p->index);
	*p = (struct plan){0};
}
