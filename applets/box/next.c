/* next - choose the next box of a customer when no name was given. */
#include "box/next.h"

#include <errno.h>
#include <stdio.h>

#include "box/logins.h"
#include "box/used_by.h"
#include "lib/fs.h"
#include "lib/join.h"

static void name_it(const struct boxes *b, long number, struct box *box)
{
	char name[sizeof b->handle + JOIN_NUMBER], digits[JOIN_NUMBER];

	join(name, sizeof name, b->handle, "-", join_number(digits, (unsigned long)number, 4), NULL);
	boxes_name(b, name, box);
}

/* 1 if a user can log in to it, 0 if not, -1. */
static int has_login(struct ctx *ctx, const struct box *box)
{
	struct logins table;
	struct logins_login l = {0};
	int r = logins_load(ctx, &table);

	if (r == 0)
		logins_look(&table, box, &l);
	logins_free(&table);
	return r < 0 ? -1 : *l.hash != '\0' || l.suspended;
}

static int is_maildir(struct ctx *ctx, const struct box *box)
{
	char new[sizeof box->path + 8];
	struct stat st;
	int r;

	join(new, sizeof new, box->path, "/new", NULL);
	r = fs_stat(ctx, new, &st);
	return r < 0 ? -1 : r == 0 && S_ISDIR(st.st_mode);
}

/* 0: yes, 1: no, -1 */
static int was_left(struct ctx *ctx, const struct boxes *b, const struct box *box)
{
	char who[PATH_MAX];
	int r = is_maildir(ctx, box);

	if (r <= 0)
		return r < 0 ? -1 : 1;
	r = boxes_mail(ctx, box);
	if (r == 0)
		r = has_login(ctx, box);
	return r == 0 ? box_user(ctx, b, box, "", who, sizeof who) : r;
}

/* Boxes made by hand or named with --box may have numbers above .qv-last: skip them. */
int box_next(struct ctx *ctx, const struct conf *conf, const struct boxes *b, struct plan *plan, struct box *box)
{
	struct box above;
	long last, number;
	int r;

	if (boxes_last(ctx, plan, b, &last) < 0)
		return -1;
	number = last;
	do {
		name_it(b, ++number, &above);
		r = boxes_will(ctx, plan, &above);
	} while (r == 0);
	if (r > 0 && number - 1 > last && ctx->whole == NULL) {
		name_it(b, number - 1, box);
		r = was_left(ctx, b, box);
	}
	return r <= 0 ? r : boxes_make(ctx, conf, b, above.name, plan, box);
}

int box_first(struct ctx *ctx, const struct conf *conf, const struct boxes *b, struct plan *plan, struct box *box)
{
	int r;

	name_it(b, 0, box);
	r = boxes_will(ctx, plan, box);
	return r == 1 ? box_next(ctx, conf, b, plan, box) : r;
}

int box_use_up(struct ctx *ctx, const struct boxes *b, const struct box *box, struct plan *plan)
{
	long last, number = boxes_number(b, box->name);

	if (boxes_last(ctx, plan, b, &last) < 0)
		return -1;
	if (number > last)
		boxes_use_up(plan, b, number);
	return 0;
}
