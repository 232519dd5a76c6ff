/* lists - the lists of all addresses, for filters in front of qmail-smtpd, are written again by each change. */
#include "setup/lists.h"

#include "lib/fs.h"
#include "rcpt/kept.h"
#include "rcpt/list.h"

/* The domains that will be accepted: the addresses of a new one are listed before that. */
static int queue(struct ctx *ctx, const struct routing *r, const char *path, struct plan *plan)
{
	struct buf hosts = BUF(2 * (size_t)CONTROL_MAX);
	struct stat st;
	int there = fs_stat(ctx, path, &st);

	if (there != 0)
		return there < 0 ? -1 : 0;
	if (!S_ISREG(st.st_mode))
		return err_perm(&ctx->err, "%s%s is not a regular file; take it out of %s" KEPT_LISTS, ctx->root, path, ctx->root);
	lines_render(&r->file[ROUTING_RCPTHOSTS].lines, &hosts);
	buf_char(&hosts, '\n');
	lines_render(&r->file[ROUTING_MORERCPTHOSTS].lines, &hosts);
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
