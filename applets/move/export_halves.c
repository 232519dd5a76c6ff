/* export_halves - a long list, its second half by another process, whose commands and notes come behind those of this one. */
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "lib/half.h"
#include "move/export_homes.h"

/* How much there is of each. */
struct sizes {
	size_t out, last, boxes, handles;
};

static struct sizes sizes(const struct export *x)
{
	return (struct sizes){x->out.len, x->last.len, x->boxes.n, x->handles.n};
}

/* A path, before its bytes and those of its text. */
struct told {
	size_t path, text;
	bool numbered;
};

static void put_paths(struct half *h, const struct export_paths *p, size_t from)
{
	for (size_t i = from; i < p->n; i++) {
		const struct export_path *e = &p->path[i];
		const struct told t = {strlen(e->path), strlen(e->text), e->numbered};

		half_put(h, &t, sizeof t);
		half_put(h, e->path, t.path);
		half_put(h, e->text, t.text);
	}
}

bool export_failed(const struct export *x)
{
	return buf_failed(&x->out) || buf_failed(&x->last) || x->boxes.failed || x->handles.failed;
}

static _Noreturn void do_half(struct export *x, struct half *h, size_t middle, export_some *some)
{
	const struct sizes was = sizes(x);
	bool well = some(x, middle, SIZE_MAX) == 0 && !export_failed(x);
	const struct sizes more = {x->out.len - was.out, x->last.len - was.last, x->boxes.n - was.boxes, x->handles.n - was.handles};

	half_put(h, &more, sizeof more);
	half_put(h, buf_text(&x->out) + was.out, more.out);
	half_put(h, buf_text(&x->last) + was.last, more.last);
	put_paths(h, &x->boxes, was.boxes);
	put_paths(h, &x->handles, was.handles);
	for (size_t f = 0; f < ROUTING_FILES; f++)
		half_put(h, x->made[f], x->change->routing.file[f].lines.n);
	half_end(h, well);
}

static void take_path(struct half *h, struct export_paths *to, bool replace)
{
	char path[PATH_MAX], text[PATH_MAX];
	struct told t;

	half_get(h, &t, sizeof t);
	half_get(h, path, t.path);
	half_get(h, text, t.text);
	path[t.path] = text[t.text] = '\0';
	export_paths_add(to, path, text, replace);
	if (t.numbered && !to->failed)
		export_paths_find(to, path)->numbered = true;
}

static void take_marks(struct half *h, bool *made, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char mark;

		half_get(h, &mark, 1);
		made[i] |= mark != 0;
	}
}

/* As if it had been done here. */
static void take_over(struct export *x, struct half *h)
{
	struct sizes more;

	half_get(h, &more, sizeof more);
	half_text(h, &x->out, more.out);
	half_text(h, &x->last, more.last);
	for (size_t i = 0; i < more.boxes; i++)
		take_path(h, &x->boxes, true);
	for (size_t i = 0; i < more.handles; i++)
		take_path(h, &x->handles, false);
	for (size_t f = 0; f < ROUTING_FILES; f++)
		take_marks(h, x->made[f], x->change->routing.file[f].lines.n);
	x->out.failed |= h->failed;
}

int export_halves(struct export *x, size_t middle, export_some *some)
{
	struct half h;
	int r;

	if (!half_begin(&h, 2 * middle))
		return some(x, 0, SIZE_MAX);
	if (h.pid == 0)
		do_half(x, &h, middle, some);
	r = some(x, 0, middle);
	if (half_is_done(&h) && r == 0)
		take_over(x, &h);
	else if (r == 0)
		r = some(x, middle, SIZE_MAX);
	half_free(&h);
	return r;
}
