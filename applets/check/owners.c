/* owners - the directories that mail is delivered into belong to popusr, and nobody else may write them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/internal.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/maildir.h"

const char *check_give(struct check *c, const char *path, const struct owner *want)
{
	char mode[32];
	struct stat st;

	if (fs_stat(c->ctx, path, &st) != 0 || !S_ISLNK(st.st_mode)) {
		plan_give(&c->change.owners, path, want);
		return NULL;
	}
	snprintf(mode, sizeof mode, "chmod %04o ", (unsigned)want->mode);
	if (want->uid == (uid_t)-1)
		return check_command(c, mode, path, CHECK_END);
	return check_command(c, "chown ", check_popuser, " ", path, " && ", mode, path, CHECK_END);
}

static void check_owner(struct check *c, const char *path, const struct stat *st)
{
	const struct conf *conf = &c->change.conf;
	struct owner want = {((st->st_mode & 07777) | 0700) & ~(mode_t)022, (uid_t)-1, (gid_t)-1};

	if ((st->st_uid == conf->uid && (st->st_mode & 0722) == 0700) || !check_knows(c, path, st))
		return;
	if (st->st_uid != conf->uid) {
		want.uid = conf->uid;
		want.gid = conf->gid;
		check_found(c, &(struct finding){CHECK_ERROR, "owner", path, 0, check_give(c, path, &want)},
		            "belongs to uid %lu, not to %s: mail that is delivered as %s cannot be written there, and waits",
		            (unsigned long)st->st_uid, conf->popuser, conf->popuser);
	} else if ((st->st_mode & 0700) != 0700) {
		check_found(c, &(struct finding){CHECK_ERROR, "closed", path, 0, check_give(c, path, &want)},
		            "its owner %s may not read and write there: mail waits", conf->popuser);
	} else {
		check_found(c, &(struct finding){CHECK_ERROR, "writable", path, 0, check_give(c, path, &want)},
		            "others may write there: other users can delete or plant mail");
	}
}

static bool leads_to_dir(struct check *c, const char *path)
{
	const struct as_user root = {.ctx = c->ctx};
	struct as_user_at at;
	bool is = as_user_walk(&root, NULL, path, &at) == 0 && S_ISDIR(at.st.st_mode);

	as_user_end(&at);
	return is;
}

static void check_part(struct check *c, int dir, const char *path, const char *name)
{
	char part[PATH_MAX + 8];
	struct stat st;
	int r = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);

	join(part, sizeof part, path, "/", name, NULL);
	if (r < 0 && errno != ENOENT) {
		err_sys(&c->ctx->err, "unable to look at %s%s", c->ctx->root, part);
		check_unreadable(c, part);
	} else if (r < 0) {
		check_found(c, &(struct finding){CHECK_ERROR, "maildir-part", part, 0, NULL},
		            "is missing: this is not a complete Maildir, and mail for it waits");
		plan_dir(&c->change.files, part, &(struct owner){0700, c->change.conf.uid, c->change.conf.gid});
	} else if (S_ISLNK(st.st_mode) && leads_to_dir(c, part)) {
		check_unseen(c, part, "is a symbolic link, which qmail follows, but no command of qvmail does");
	} else if (!S_ISDIR(st.st_mode)) {
		check_found(c, &(struct finding){CHECK_ERROR, "maildir-part", part, 0,
		                                 check_command(c, "mv -n ", part, " ", part, ".old && qv-check --fix", check_root,
		                                               CHECK_END)},
		            "is not a directory: this is not a complete Maildir, and mail for it waits");
	} else {
		check_owner(c, part, &st);
	}
}

/* The directory that path is in; good until the next call. */
static const char *parent_of(const char *path)
{
	static char parent[PATH_MAX];

	join_part(parent, sizeof parent, path, (size_t)(strrchr(path, '/') - path));
	return parent;
}

static bool is_dir(struct check *c, const char *path)
{
	int fd = fs_dir(c->ctx, path);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The directory of all mailboxes of a customer is missing; it is made if the one above it exists. */
static bool make_parent(struct check *c, const char *path)
{
	char parent[PATH_MAX], above[PATH_MAX];
	struct stat st;
	int r;

	join(parent, sizeof parent, parent_of(path), NULL);
	join(above, sizeof above, parent_of(parent), NULL);
	if (check_noted(&c->missing, parent))
		return true;
	r = fs_stat(c->ctx, parent, &st);
	if (r == 0)
		return is_dir(c, parent);
	if (r < 0)
		check_unreadable(c, parent);
	if (r < 0 || !is_dir(c, above))
		return false;
	check_found(c, &(struct finding){CHECK_ERROR, "no-boxes", parent, 0, NULL},
	            "is missing, with all mailboxes in it: the mail waits");
	plan_dir(&c->change.files, parent, &(struct owner){0755, (uid_t)-1, (gid_t)-1});
	check_note(&c->missing, parent);
	return true;
}

bool check_is_lost(struct check *c, const char *path)
{
	const char *parent = parent_of(path);
	struct stat st;

	if (check_noted(&c->blocked, parent))
		return true;
	if (fs_stat(c->ctx, parent, &st) != 0 || is_dir(c, parent)) {
		c->ctx->err = (struct err){0};
		return false;
	}
	check_unreadable(c, parent);
	check_note(&c->blocked, parent);
	return true;
}

static void missing(struct check *c, const char *path, const char *file, size_t line, bool sure)
{
	sure = sure && make_parent(c, path);
	if (!check_noted(&c->missing, parent_of(path)))
		check_found(c,
		            &(struct finding){CHECK_ERROR, "no-maildir", file, line,
		                              sure ? NULL
		                                   : check_command(c, "maildirmake ", path, " && chown -R ", check_popuser, " ",
		                                                   path, CHECK_END)},
		            "%s is missing: the mail waits", path);
	if (sure)
		plan_maildir(&c->change.files, path, &(struct owner){0700, c->change.conf.uid, c->change.conf.gid});
	check_note(&c->missing, path);
}

static void check_parts(struct check *c, int dir, const char *path)
{
	struct stat st;

	if (fstat(dir, &st) == 0)
		check_owner(c, path, &st);
	for (size_t i = 0; maildir_parts[i] != NULL; i++)
		check_part(c, dir, path, maildir_parts[i]);
}

void check_maildir(struct check *c, const char *path, const char *file, size_t line, bool sure)
{
	const struct as_user v = check_popusr(c);
	int dir = fs_dir(c->ctx, path);
	struct stat st;

	if (dir >= 0) {
		if (check_way(c, &v, path))
			check_parts(c, dir, path);
		close(dir);
	} else if (errno != ENOENT || fs_stat(c->ctx, path, &st) == 0) { /* or a broken link */
		check_unreadable(c, path);
	} else if (!check_noted(&c->missing, path) && !check_is_lost(c, path)) {
		missing(c, path, file, line, sure);
	}
	c->ctx->err = (struct err){0};
}
