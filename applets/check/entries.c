/* entries - files that must be regular, because nothing else can be checked before they are read. */
#include <stdio.h>

#include "check/internal.h"
#include "lib/fs.h"

/* qmail follows the link; our commands would replace it by a file. */
static void say_link(struct check *c, const char *path)
{
	const struct as_user root = {.ctx = c->ctx};
	struct as_user_at at;
	bool leads = as_user_walk(&root, NULL, path, &at) == 0 && S_ISREG(at.st.st_mode);

	as_user_end(&at);
	c->ctx->err = (struct err){0};
	check_found(c,
	            &(struct finding){CHECK_ERROR, "link", path, 0,
	                              leads ? check_command(c, "cp ", path, " ", path, ".new && mv ", path, ".new ", path,
	                                                    CHECK_END)
	                                    : check_command(c, "mv -n ", path, " ", path, ".old", CHECK_END)},
	            leads ? "is a symbolic link, which no command of qvmail reads or changes: nothing else was checked"
	                  : "is a symbolic link that leads to no file: qmail runs as if it were missing, and mail is refused or "
	                    "bounces; nothing else was checked");
}

static void check_entry(struct check *c, const char *path)
{
	struct stat st;
	int r = fs_stat(c->ctx, path, &st);

	if (r < 0)
		check_unreadable(c, path);
	else if (r == 0 && S_ISLNK(st.st_mode))
		say_link(c, path);
	else if (r == 0 && !S_ISREG(st.st_mode))
		check_found(c,
		            &(struct finding){CHECK_ERROR, "unreadable", path, 0,
		                              check_command(c, "mv -n ", path, " ", path, ".old", CHECK_END)},
		            "is not a regular file: qmail cannot read it, and mail waits, is refused or bounces; nothing else was "
		            "checked");
}

bool check_entries(struct check *c)
{
	struct stat st;

	if (fs_stat(c->ctx, QMAIL_CONTROL ".", &st) != 0) {
		c->ctx->err = (struct err){0};
		return true; /* there is no qmail; loading its files reports that */
	}
	for (const struct control *k = controls; k->path != NULL; k++)
		if (control_is_ours(k))
			check_entry(c, k->path);
	check_entry(c, QMAIL_ASSIGN);
	return c->found == 0;
}
