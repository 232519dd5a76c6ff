/* read - a control file's lines, to be changed and given back to a plan. */
#include "plan/read.h"

#include "lib/fs.h"

int plan_read(struct ctx *ctx, const char *path, struct lines *l, struct plan_seen *seen)
{
	struct buf b = BUF(CONTROL_MAX);
	int r = fs_slurp(ctx, path, &b, &seen->st);

	*l = (struct lines){0};
	seen->there = r == 0;
	if (r >= 0) {
		lines_take(l, &b);
		if (lines_failed(l))
			r = err_temp(&ctx->err, "out of memory");
	}
	buf_free(&b);
	return r < 0 ? -1 : 0;
}
