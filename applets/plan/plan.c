/* plan - a list of changes, applied in order or not at all. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/grow.h"
#include "plan/view.h"

enum { DATA_SHORT = 1024 }; /* bytes; what is longer is taken over, not copied */

struct plan_more *plan_more(struct plan_step *s)
{
	if (s->more == NULL)
		s->more = calloc(1, sizeof *s->more);
	return s->more;
}

static struct plan_step *queue(struct plan *p, enum plan_op op, const char *path)
{
	static struct plan_step lost; /* returned if out of memory; never read */
	struct plan_step *step = grow(p->step, p->n, &p->cap, 16, sizeof *step);

	if (step != NULL) {
		p->step = step;
		step += p->n;
		*step = (struct plan_step){.op = op, .path = texts_add(&p->texts, path, strlen(path))};
	}
	if (step == NULL || step->path == NULL) {
		p->failed = true;
		lost = (struct plan_step){0};
		return &lost;
	}
	p->n++;
	return step;
}

/* Its rare members; if out of memory the plan has failed, and what is returned is never read. */
static struct plan_more *rare(struct plan *p, struct plan_step *s)
{
	static struct plan_more lost;
	struct plan_more *m = p->failed ? NULL : plan_more(s);

	p->failed |= m == NULL;
	return m != NULL ? m : &lost;
}

/* Take data over and empty it. */
static void keep_data(struct plan *p, struct plan_step *s, struct buf *data)
{
	p->failed |= buf_failed(data);
	s->n = data->len;
	if (data->len > DATA_SHORT) {
		rare(p, s)->kept = *data;
		s->data = data->p;
		*data = BUF(data->max);
		return;
	}
	s->data = texts_add(&p->texts, buf_text(data), data->len);
	p->failed |= s->data == NULL;
	buf_free(data);
}

void plan_dir(struct plan *p, const char *path, const struct owner *o)
{
	queue(p, PLAN_DIR, path)->owner = *o;
}

void plan_maildir(struct plan *p, const char *path, const struct owner *o)
{
	queue(p, PLAN_MAILDIR, path)->owner = *o;
}

static void forget_data(struct plan_step *s)
{
	if (s->more != NULL)
		buf_free(&s->more->kept);
	s->data = "";
	s->n = 0;
}

/* Cancel an earlier step that writes or removes path. What it knew about the file on disk counts. */
static void take_place(struct plan *p, const char *path, bool *check_seen, struct plan_seen *seen)
{
	struct plan_step *was = plan_find(p, path);

	if (was == NULL || (was->op != PLAN_FILE && was->op != PLAN_REMOVE))
		return;
	*check_seen = was->check_seen;
	*seen = was->more != NULL ? was->more->seen : (struct plan_seen){0};
	was->op = PLAN_NOTHING;
	forget_data(was);
}

/* A step that writes or removes a file; seen may be NULL. */
static struct plan_step *replacing(struct plan *p, enum plan_op op, const char *path, const struct plan_seen *seen)
{
	struct plan_seen known = seen != NULL ? *seen : (struct plan_seen){0};
	bool check_seen = seen != NULL;
	struct plan_step *s;

	take_place(p, path, &check_seen, &known);
	s = queue(p, op, path);
	s->check_seen = check_seen;
	if (check_seen && known.there)
		rare(p, s)->seen = known;
	return s;
}

void plan_file(struct plan *p, const char *path, const struct owner *o, struct buf *data, const struct plan_seen *seen)
{
	struct plan_step *s = replacing(p, PLAN_FILE, path, seen);

	s->owner = *o;
	keep_data(p, s, data);
}

void plan_lend(struct plan *p, const char *data, size_t n)
{
	if (p->failed)
		return;
	p->step[p->n - 1].data = data;
	p->step[p->n - 1].n = n;
}

void plan_text(struct plan *p, const char *path, const struct owner *o, const char *text)
{
	struct buf b = BUF(CONTROL_MAX);

	buf_str(&b, text);
	plan_file(p, path, o, &b, NULL);
}

void plan_cdb(struct plan *p, const char *path, const struct owner *o, const char *source, digest_text *digest,
              struct buf *data)
{
	struct plan_step *s = queue(p, PLAN_CDB, path);

	s->owner = *o;
	rare(p, s)->source = source;
	rare(p, s)->digest = digest;
	keep_data(p, s, data);
}

void plan_made(struct plan *p, const char *path, plan_make *make, struct buf *data)
{
	struct plan_step *s = queue(p, PLAN_MADE, path);

	rare(p, s)->make = make;
	keep_data(p, s, data);
}

void plan_hup(struct plan *p)
{
	queue(p, PLAN_HUP, "");
}

void plan_nodes(struct plan *p)
{
	queue(p, PLAN_NODES, "");
}

void plan_give(struct plan *p, const char *path, const struct owner *o)
{
	queue(p, PLAN_GIVE, path)->owner = *o;
}

void plan_remove(struct plan *p, const char *path)
{
	replacing(p, PLAN_REMOVE, path, NULL);
}

void plan_join(struct plan *p, struct plan *tail)
{
	if (p->n == 0 && !p->failed) {
		plan_free(p);
		*p = *tail;
		*tail = (struct plan){0};
		return;
	}
	for (size_t i = 0; i < tail->n; i++) {
		struct plan_step *s = queue(p, tail->step[i].op, "");

		*s = tail->step[i];
		tail->step[i].more = NULL;
	}
	texts_join(&p->texts, &tail->texts);
	p->failed |= tail->failed;
	plan_free(tail);
}

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->step[i].more != NULL)
			buf_free(&p->step[i].more->kept);
		free(p->step[i].more);
	}
	free(p->step);
	texts_free(&p->texts);
	strmap_free(&p->index);
	*p = (struct plan){0};
}
