/* rebuild - build a cdb again from its source text. */
#include "qmail/rebuild.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/fs.h"
#include "qmail/conf.h"

static const struct owner fresh = {0644, (uid_t)-1, (gid_t)-1};

static int take_lock(struct ctx *ctx, struct rebuild *r)
{
	if (ctx->dry_run)
		return 0;
	return conf_lock(ctx, &r->lock);
}

static int open_source(struct ctx *ctx, struct rebuild *r)
{
	r->from = fs_open(ctx, r->source, O_RDONLY);
	return r->from < 0 ? -1 : 0;
}

static int open_target(struct ctx *ctx, struct rebuild *r)
{
	if (!ctx->dry_run) {
		if (replace_begin(ctx, &r->replace, r->cdb, &fresh) < 0)
			return -1;
		r->to = r->replace.fd;
		return 0;
	}
	r->to = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return r->to < 0 ? err_sys(&ctx->err, "unable to open /dev/null") : 0;
}

static void end(struct rebuild *r)
{
	if (r->from >= 0)
		close(r->from);
	lockfile_drop(&r->lock);
}

int rebuild_begin(struct ctx *ctx, struct rebuild *r, const char *source, const char *cdb)
{
	*r = (struct rebuild){.source = source, .cdb = cdb, .from = -1, .lock = LOCKFILE_NONE};
	if (ctx_need_root(ctx) == 0 && take_lock(ctx, r) == 0 && open_source(ctx, r) == 0 && open_target(ctx, r) == 0)
		return 0;
	end(r);
	return -1;
}

static int end_dry(struct rebuild *r, int digested)
{
	close(r->to);
	if (digested == 0)
		printf("build %s from %s\n", r->cdb, r->source);
	return digested;
}

static int show(struct ctx *ctx, struct rebuild *r, int digested)
{
	if (digested == 0 && replace_ready(ctx, &r->replace) == 0)
		return replace_show(ctx, &r->replace);
	replace_drop(ctx, &r->replace);
	return -1;
}

int rebuild_end(struct ctx *ctx, struct rebuild *r, int digested)
{
	int result = ctx->dry_run ? end_dry(r, digested) : show(ctx, r, digested);

	end(r);
	return result;
}
