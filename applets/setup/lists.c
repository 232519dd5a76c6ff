/* lists - the lists of all addresses, for filters in front of qmail-smtpd, are written again by each change. */
#include "setup/lists.h"

#include "lib/fs.h"
#include "rcpt/kept.h"
#include "rcpt/list.h"

/* The domains that will be accepted: the addresses of a new one are listed before that. */
static int queue(struct ctx *ctx, const struct routing *r, const char *path, struct plan *plan)
{
	const struct routing_file *accepted = &r->file[ROUTING_RCPTHOSTS], *more = &r->file[ROUTING_MORERCPTHOSTS];
	struct buf hosts = BUF(2 * (size_t)CONTROL_MAX);
	struct stat st;
	int there = fs_stat(ctx, path, &st);

	if (there != 0)
		return there < 0 ? -1 : 0;
	if (list_cdb_check(ctx, path) < 0)
		return -1;
	if (!accepted->seen.there && !accepted->lines.changed) {
		ctx_warn(ctx, "%s%s stays as it is: %s%s does not exist", ctx->root, path, ctx->root, accepted->path);
		return 0;
	}
	lines_render(&accepted->lines, &hosts);
	buf_char(&hosts, '\n');
	if (more->lines.changed)
		lines_render(&more->lines, &hosts);
	plan_made(plan, path, rcpt_list_keep, &hosts);
	return 0;
}

int lists_plan(struct ctx *ctx, const struct routing *r, struct plan *plan)
{
	struct lines l = {0};
	char path[PATH_MAX];
	int e = kept_load(ctx, &l);

	for (size_t i = 0; e == 0 && i < l.n; i++)
		if (kept_path(&l, i, path))
			e = queue(ctx, r, path, plan);
	lines_free(&l);
	return e;
}
