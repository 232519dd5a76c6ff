/* lists - lists of all addresses that are not what exists: a filter that asks them refuses good mail, or accepts bad. */
#include <unistd.h>

#include "check/internal.h"
#include "lib/fs.h"
#include "rcpt/kept.h"
#include "rcpt/list.h"

static void check_one(struct check *c, size_t line, const char *path, int now)
{
	struct stat st;

	if (fs_stat(c->ctx, path, &st) == 1)
		check_found(c, &(struct finding){CHECK_WARNING, "no-list", KEPT_LISTS, line, check_edit(c, KEPT_LISTS, line)},
		            "%s does not exist, and is no longer written", path);
	else if (now >= 0 && !check_is_same(c, path, now))
		check_found(c, &(struct finding){CHECK_ERROR, "list-stale", path, 0, NULL},
		            "does not have the addresses that exist: who asks it refuses new ones, and accepts old ones that bounce");
	c->ctx->err = (struct err){0};
}

void check_lists(struct check *c)
{
	struct lines l = {0};
	char path[PATH_MAX];
	bool sees_all = geteuid() == 0 || c->ctx->offline;
	int now = -1;

	if (kept_load(c->ctx, &l) < 0)
		check_unreadable(c, KEPT_LISTS);
	for (size_t i = 0; i < l.n; i++) {
		if (!kept_path(&l, i, path))
			continue;
		if (now < 0 && sees_all)
			now = rcpt_list_now(c->ctx);
		check_one(c, i + 1, path, now);
	}
	if (now >= 0)
		close(now);
	lines_free(&l);
}
