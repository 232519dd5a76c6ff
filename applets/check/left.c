/* left - remains of deleted POP domains: homes that no domain uses, and mailboxes that can still log in. */
#include <stdio.h>
#include <string.h>

#include "box/handles.h"
#include "check/internal.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "lib/listing.h"
#include "setup/domain_files.h"
#include "setup/domain_left.h"

struct left {
	struct check *c;
	struct check_names homes; /* that users/assign names, and their POP directories */
	struct sorted logins; /* directories of boxes */
};

/* ", and 2 mailboxes can still log in": good until the next call */
static const char *and_logins(size_t logins)
{
	static char text[64];

	*text = '\0';
	if (logins > 0)
		snprintf(text, sizeof text, ", and %zu %s can still log in", logins, logins == 1 ? "mailbox" : "mailboxes");
	return text;
}

/* A name that is served elsewhere must not be deleted: no command is advised. */
static const char *mend(struct check *c, const char *handle, const char *name)
{
	struct domain d;

	routing_look(&c->change.routing, &c->change.conf, name, &d);
	if (d.form != DOMAIN_NONE)
		return "";
	return check_command(c, "qv-domain add pop ", check_quoted, name, " ", check_quoted, handle, check_root,
	                     " # or qv-domain del --purge", CHECK_END);
}

static void check_named(struct left *l, const char *handle, const char *name, size_t logins)
{
	struct check *c = l->c;
	struct domain d = {.form = DOMAIN_POP};
	struct stat st;

	join(d.user, sizeof d.user, handle, NULL);
	join(d.name.text, sizeof d.name.text, name, NULL);
	domain_files_home(&c->change.conf, &d);
	if (check_has(&l->homes, d.home) || fs_stat(c->ctx, d.home, &st) != 0 || !S_ISDIR(st.st_mode))
		return;
	check_found(c, &(struct finding){CHECK_WARNING, "nobodys-home", d.home, 0, mend(c, handle, name)},
	            "no domain uses this home: no mail arrives in it%s", and_logins(logins));
}

static int check_customer(struct ctx *ctx, void *arg, const char *handle)
{
	struct left *l = arg;
	struct listing names;
	struct boxes b;
	char dir[900];
	struct stat st;
	size_t logins = 0, found = l->c->found, n;

	if (strlen(handle) >= sizeof ((struct domain){0}).user)
		return 0;
	boxes_of_handle(&l->c->change.conf, handle, &b);
	check_stay(l->c, b.dir, strlen(l->c->change.conf.popmail) + strlen("/e"));
	if (l->logins.n > 0 && !check_has(&l->homes, b.dir))
		logins = domain_logins(&l->logins, &b);
	n = join_part(dir, sizeof dir, b.dir, strlen(b.dir) - strlen("/POP"));
	join(dir + n, sizeof dir - n, "/DOMAINS", NULL);
	if (listing_load_if(ctx, dir, &names) < 0 && fs_stat(ctx, dir, &st) == 0)
		check_unreadable(l->c, dir);
	for (size_t i = 0; i < names.n; i++)
		if (names.name[i][0] != '.' && strlen(names.name[i]) <= NAME_DOMAIN_MAX)
			check_named(l, handle, names.name[i], logins);
	listing_free(&names);
	if (logins > 0 && l->c->found == found)
		check_found(l->c, &(struct finding){CHECK_WARNING, "left-logins", b.dir, 0, check_edit(l->c, QVPASSWD, 1)},
		            "no domain of %s is served here%s", handle, and_logins(logins));
	return 0;
}

void check_left(struct check *c)
{
	struct left l = {.c = c, .logins = SORTED(CONTROL_MAX)};
	struct logins logins;

	c->homes.failed |= check_index(&c->homes, &l.homes) < 0;
	if (logins_load(c->ctx, &logins) < 0 || domain_login_dirs(c->ctx, &logins, &l.logins) < 0)
		c->ctx->err = (struct err){0}; /* logins.c has reported it */
	if (!buf_failed(&c->homes) && !c->table_bad && handles_each(c->ctx, &c->change.conf, check_customer, &l) < 0)
		check_unreadable(c, c->change.conf.popmail);
	check_leave(c);
	check_names_free(&l.homes);
	sorted_free(&l.logins);
	logins_free(&logins);
}
