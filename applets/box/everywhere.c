/* everywhere - the boxes of all customers and homes, by name. */
#include "box/everywhere.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "box/handles.h"
#include "box/home.h"
#include "lib/dents.h"
#include "lib/fs.h"
#include "lib/grow.h"
#include "lib/join.h"

struct everywhere_box {
	const char *dir;
	size_t before; /* of the same name, plus 1 */
};

static const char *keep(struct everywhere *e, const char *text, size_t n)
{
	const char *kept = texts_add(&e->texts, text, n);

	e->failed |= kept == NULL;
	return kept;
}

static void add(struct everywhere *e, const char *dir, const char *name)
{
	struct everywhere_box *box = grow(e->box, e->n, &e->room, 64, sizeof *box);
	const char *kept = keep(e, name, strlen(name));

	if (box != NULL)
		e->box = box;
	if (box == NULL || kept == NULL || dir == NULL) {
		e->failed = true;
		return;
	}
	box[e->n] = (struct everywhere_box){dir, everywhere_last(e, name)};
	e->failed |= strmap_put(&e->last, kept, ++e->n) < 0;
}

/* All that is in dir; it may be missing. */
static int add_dir(struct ctx *ctx, struct everywhere *e, const char *dir)
{
	struct dents d;
	const struct dent *entry;
	const char *kept;
	int fd, r;

	if (strmap_get(&e->homes, dir, &(size_t){0}))
		return 0;
	r = fs_dir_if(ctx, dir, &fd);
	if (r != 0)
		return r < 0 ? -1 : 0;
	dents_begin(&d, fd);
	kept = keep(e, dir, strlen(dir));
	e->failed |= kept == NULL || strmap_put(&e->homes, kept, 0) < 0;
	while (!e->failed && (entry = dents_next(&d)) != NULL)
		add(e, kept, entry->name);
	close(d.fd);
	return d.failed ? err_sys(&ctx->err, "unable to list %s%s", ctx->root, dir) : 0;
}

struct customers {
	const struct conf *conf;
	struct everywhere *e;
};

/* handles_each() */
static int add_customer(struct ctx *ctx, void *arg, const char *handle)
{
	const struct customers *all = arg;
	struct boxes b;

	boxes_of_handle(all->conf, handle, &b);
	return add_dir(ctx, all->e, b.dir);
}

/* A home in another layout may have boxes of its own. */
static int add_home(struct ctx *ctx, const struct conf *conf, const struct routing *routing, struct everywhere *e,
                    const char *name)
{
	struct domain d;
	struct boxes b;

	routing_look(routing, conf, name, &d);
	if ((d.form != DOMAIN_POP && d.form != DOMAIN_VIRTUAL) || domain_is_ours(&d))
		return 0;
	if (*d.home == '\0') {
		e->homeless = true;
		return 0;
	}
	domain_boxes(&d, &b);
	return add_dir(ctx, e, b.dir);
}

static int add_homes(struct ctx *ctx, const struct conf *conf, const struct routing *routing, struct everywhere *e)
{
	const struct lines *l = &routing->file[ROUTING_VIRTUALDOMAINS].lines;
	size_t assign = routing->file[ROUTING_ASSIGN].lines.n;
	struct name_domain name;
	const char *p;
	size_t n;
	int r = 0;

	if (e->homeless && assign != e->assign)
		e->lines = 0;
	e->assign = assign;
	for (; r == 0 && e->lines < l->n; e->lines++) {
		if (!lines_key(l, LINES_MAP, e->lines, &p, &n) || n == 0 || n > NAME_DOMAIN_MAX || memchr(p, '@', n) != NULL)
			continue;
		join_part(name.text, sizeof name.text, p + (*p == '.'), n - (*p == '.'));
		r = add_home(ctx, conf, routing, e, name.text);
	}
	return r;
}

/* /home/popmail/e/ex1/POP/NAME */
static void add_planned(struct everywhere *e, const char *path)
{
	static const char pop[] = "/POP";
	const size_t n = (size_t)(strrchr(path, '/') - path);

	if (n > strlen(pop) && memcmp(path + n - strlen(pop), pop, strlen(pop)) == 0)
		add(e, keep(e, path, n), path + n + 1);
}

int everywhere_load(struct ctx *ctx, const struct conf *conf, const struct routing *routing, const struct plan *plan,
                    struct everywhere *e)
{
	struct customers all = {conf, e};

	if (!e->knows_customers && handles_each(ctx, conf, add_customer, &all) < 0)
		return -1;
	e->knows_customers = true;
	if (routing != NULL && add_homes(ctx, conf, routing, e) < 0)
		return -1;
	for (; plan != NULL && e->steps < plan->n; e->steps++)
		if (plan->step[e->steps].op == PLAN_MAILDIR)
			add_planned(e, plan->step[e->steps].path);
	return e->failed ? err_temp(&ctx->err, "out of memory") : 0;
}

size_t everywhere_last(const struct everywhere *e, const char *name)
{
	size_t at;

	return strmap_get(&e->last, name, &at) ? at : 0;
}

size_t everywhere_before(const struct everywhere *e, size_t at)
{
	return e->box[at - 1].before;
}

const char *everywhere_dir(const struct everywhere *e, size_t at)
{
	return e->box[at - 1].dir;
}

void everywhere_free(struct everywhere *e)
{
	free(e->box);
	texts_free(&e->texts);
	strmap_free(&e->last);
	strmap_free(&e->homes);
	*e = (struct everywhere){0};
}
