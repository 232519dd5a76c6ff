/* mailbox_box - make boxes without an address, and mark numbers as used. */
#include <stdio.h>

#include "box/home.h"
#include "box/which.h"
#include "setup/change.h"
#include "setup/domain_files.h"
#include "setup/mailbox_change.h"

static int find_boxes(struct ctx *ctx, const struct change *c, const char *domain, struct boxes *b)
{
	struct domain d;

	if (change_domain(ctx, c, domain, &d) < 0)
		return -1;
	if ((d.form != DOMAIN_POP && d.form != DOMAIN_VIRTUAL) || *d.home == '\0')
		return err_perm(&ctx->err, "%s is not a POP domain and has no home of its own, so it cannot have boxes", d.name.text);
	domain_boxes(&d, b);
	return domain_is_plain(&ctx->err, &d);
}

static int use_up(struct ctx *ctx, struct change *c, const struct boxes *b, long used)
{
	long last;

	if (boxes_last(ctx, &c->files, b, &last) < 0)
		return -1;
	if (used > last)
		boxes_use_up(&c->files, b, used);
	return 0;
}

static int make(struct ctx *ctx, struct change *c, const char *domain, char *const *name, int n, long used)
{
	struct boxes b;
	struct box box;

	if (find_boxes(ctx, c, domain, &b) < 0 || domain_files_boxes_dir(ctx, &b, &c->files) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		if (name_box(&ctx->err, name[i]) < 0 || box_make(ctx, &c->conf, &b, name[i], &c->files, &box) < 0)
			return -1;
	if (used >= 0 && use_up(ctx, c, &b, used) < 0)
		return -1;
	return change_apply(ctx, c, ROUTING_ADD, false);
}

int mailbox_box(struct ctx *ctx, const char *domain, char *const *name, int n, long used)
{
	struct change c;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = make(ctx, &c, domain, name, n, used);
	change_end(&c);
	return r;
}
