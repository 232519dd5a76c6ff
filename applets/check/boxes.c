/* boxes - POP mailboxes: are they complete, owned by popusr, and used by an address? */
#include <string.h>
#include <unistd.h>

#include "box/boxes.h"
#include "check/internal.h"
#include "lib/dents.h"
#include "lib/fs.h"
#include "lib/join.h"

static void check_box(struct check *c, const struct check_names *users, const struct boxes *b, const char *name)
{
	char away[sizeof b->dir];
	struct box box;

	boxes_name(b, name, &box);
	if (!c->homes_missing && !check_has(users, box.path) && !check_has_parts(c, box.path)) {
		join_part(away, sizeof away, b->dir, (size_t)(strrchr(b->dir, '/') - b->dir));
		check_found(c,
		            &(struct finding){CHECK_WARNING, "no-maildir", box.path, 0,
		                              check_command(c, "mv -n ", box.path, " ", away, CHECK_END)},
		            "is not a Maildir, and no address delivers there: if it is meant to be a mailbox, it gets no mail");
		return;
	}
	check_maildir(c, box.path, box.path, 0, true);
	if (c->homes_missing || check_noted(&c->doubtful_pops, b->dir) || check_has(users, box.path))
		return;
	check_found(c,
	            &(struct finding){CHECK_WARNING, "nobodys-box", box.path, 0,
	                              check_command(c, "qv-mailbox add ADDRESS --box ", check_quoted, name, check_root,
	                                            CHECK_END)},
	            "no address delivers into this mailbox: it gets no mail");
}

/* The number from which the next mailbox gets its name. */
static void check_last(struct check *c, const struct boxes *b)
{
	char path[900];
	long last;

	join(path, sizeof path, b->dir, "/.qv-last", NULL);
	if (boxes_last(c->ctx, NULL, b, &last) == 0)
		return;
	if (c->ctx->err.sys != 0)
		check_unreadable(c, path);
	else
		check_found(c, &(struct finding){CHECK_WARNING, "box-number", path, 1, check_edit(c, path, 1)},
	            "does not contain a number: no new mailbox can be made, so none can get mail");
	c->ctx->err = (struct err){0};
}

static void check_each(struct check *c, const struct check_names *users, const struct boxes *b, int dir)
{
	const struct dent *e;
	struct dents d;

	check_last(c, b);
	dents_begin(&d, dir);
	while ((e = dents_next(&d)) != NULL)
		if (e->name[0] != '.')
			check_box(c, users, b, e->name);
	if (d.failed) {
		err_sys(&c->ctx->err, "unable to list %s%s", c->ctx->root, b->dir);
		check_unreadable(c, b->dir);
	}
}

static void check_pop(struct check *c, const struct check_names *users, const struct boxes *b)
{
	const struct as_user v = check_popusr(c);
	size_t n = strlen(b->dir), customer = n - strlen("/POP");
	int held, fd, r;

	check_stay(c, b->dir, (size_t)((const char *)memrchr(b->dir, '/', customer) - b->dir));
	check_stay(c, b->dir, n);
	held = fd = held_at(c->ctx, b->dir, n);
	r = !check_way(c, &v, b->dir) ? 1 : held >= 0 ? 0 : fs_dir_if(c->ctx, b->dir, &fd);
	if (r < 0 && !check_noted(&c->blocked, b->dir))
		check_unreadable(c, b->dir);
	if (r == 0)
		check_each(c, users, b, fd);
	if (r == 0 && held < 0)
		close(fd);
}

/* check_halves() */
static void check_pops(struct check *c, void *users, size_t from, size_t to)
{
	struct boxes b = {0};

	for (size_t i = from; i < to; i++) {
		join(b.dir, sizeof b.dir, c->pops.at[i], NULL);
		check_pop(c, users, &b);
	}
	check_leave(c);
}

void check_boxes(struct check *c)
{
	struct check_names users = {0};

	c->boxes.failed |= check_index(&c->boxes, &users) < 0 || sorted_ready(&c->pops) < 0;
	check_wanted(c, &users);
	if (!buf_failed(&c->boxes))
		check_halves(c, c->pops.n, check_pops, &users);
	check_names_free(&users);
}
