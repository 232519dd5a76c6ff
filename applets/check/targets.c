/* targets - what .qmail files deliver into, checked as the user that qmail delivers as. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "box/boxes.h"
#include "check/internal.h"
#include "lib/dir.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/maildir.h"

/* boxes.c looks into all of a POP directory, dialups.c into a dial-up host's Maildir. */
static bool is_looked_at(const struct check *c, const struct home *h, const char *path)
{
	size_t dir = (size_t)(strrchr(path, '/') - path);

	if (check_is_below(h->path, c->change.conf.serialmail) && strlen(h->path) == dir && strncmp(path, h->path, dir) == 0)
		return strcmp(path + dir, "/Maildir") == 0;
	return check_is_below(path, c->change.conf.popmail) && dir > 4 && memcmp(path + dir - 4, "/POP", 4) == 0;
}

/* 0, or an errno: why v may not use directory name in dir with this mode. */
static int try(const struct as_user *v, const char *dir, const char *name, unsigned mode)
{
	char path[PATH_MAX];
	struct as_user_at at;
	int e;

	join(path, sizeof path, dir, "/", name, NULL);
	e = as_user_walk(v, NULL, path, &at);
	if (e == 0 && !S_ISDIR(at.st.st_mode))
		e = ENOTDIR;
	if (e == 0 && !as_user_may(v, &at.st, mode))
		e = EACCES;
	as_user_end(&at);
	return e;
}

bool check_is_maildir(struct check *c, const char *path)
{
	char new[PATH_MAX + 8];
	struct stat st;

	join(new, sizeof new, path, "/new", NULL);
	return fs_stat(c->ctx, new, &st) == 0 && S_ISDIR(st.st_mode);
}

bool check_has_parts(struct check *c, const char *path)
{
	char part[PATH_MAX + 8];
	struct stat st;
	bool any = false;
	int r;

	for (size_t i = 0; !any && maildir_parts[i] != NULL; i++) {
		join(part, sizeof part, path, "/", maildir_parts[i], NULL);
		r = fs_stat(c->ctx, part, &st);
		any = r == 0 || (r < 0 && c->ctx->err.sys == EACCES); /* unknown: it may exist */
	}
	c->ctx->err = (struct err){0};
	return any;
}

/* Make the missing parts; those that exist keep their contents. */
static void plan_missing(struct check *c, const char *path)
{
	char part[PATH_MAX + 8];
	struct stat st;

	for (size_t i = 0; maildir_parts[i] != NULL; i++) {
		join(part, sizeof part, path, "/", maildir_parts[i], NULL);
		if (fs_stat(c->ctx, part, &st) == 1)
			plan_dir(&c->change.files, part, &(struct owner){0700, c->change.conf.uid, c->change.conf.gid});
	}
}

/* True: it is not known whether the delivery works; reported. */
static bool is_unseen(struct check *c, const char *path, int e)
{
	if (e < 0)
		check_unreadable(c, path);
	else if (e == EACCES && c->ids_missing)
		check_unseen(c, path, "not every owner there has an id in this user namespace");
	return e < 0 || (e == EACCES && c->ids_missing);
}

/* path exists, but may not be a Maildir. */
static void check_there(struct check *c, const struct home *h, const char *path, const char *file, size_t line)
{
	bool ours = h->ours && check_is_ours(c, path), certain;
	const char *bad = NULL;
	int e = 0;

	for (size_t i = 0; e == 0 && maildir_parts[i] != NULL; i++) {
		bad = maildir_parts[i];
		e = try(&h->v, path, bad, 3);
	}
	if (e == 0 || is_unseen(c, path, e))
		return;
	certain = ours && e == ENOENT && check_has_parts(c, path);
	check_found(c, &(struct finding){CHECK_ERROR, "no-maildir", file, line, certain ? NULL : check_edit(c, file, line)},
	            "%s is not a Maildir that %s can deliver into (%s: %s): the mail waits", path, check_who(c, h->v.uid), bad, strerror(e));
	if (certain)
		plan_missing(c, path);
}

/* Kept until it is known which address has which mailbox. */
static void note_wanted(struct check *c, struct home *h, const char *path, const char *file, size_t line)
{
	char number[24];

	h->wants = true;
	snprintf(number, sizeof number, "%zu", line);
	check_note(&c->missing_maildirs, path);
	check_note(&c->missing_maildirs, file);
	check_note(&c->missing_maildirs, number);
	check_note(&c->missing_maildirs, h->path);
}

/* In a home that is not ours. */
static void say_missing(struct check *c, const struct home *h, const char *path, const char *file, size_t line)
{
	char owner[48];

	snprintf(owner, sizeof owner, " && chown -R %lu:%lu ", (unsigned long)h->v.uid, (unsigned long)h->v.gid);
	check_found(c,
	            &(struct finding){CHECK_ERROR, "no-maildir", file, line,
	                              check_command(c, "maildirmake ", path, owner, path, CHECK_END)},
	            "%s is missing: the mail waits", path);
}

void check_into_maildir(struct check *c, struct home *h, const char *path, const char *file, size_t line)
{
	bool looked_at = is_looked_at(c, h, path);
	struct stat st;

	if (h->ours && looked_at)
		check_stay(c, path, (size_t)(strrchr(path, '/') - path));
	if (h->ours && !check_way(c, &h->v, path))
		return;
	if (strcmp(path, "/") != 0 && fs_stat(c->ctx, path, &st) == 1) {
		if (h->ours)
			note_wanted(c, h, path, file, line);
		else
			say_missing(c, h, path, file, line);
	} else if (!looked_at) {
		check_there(c, h, path, file, line);
	}
	c->ctx->err = (struct err){0};
}

/*
 * Does some mailbox of the customer get no mail? Then a missing one may be a typing error for it. Also true if the mailboxes
 * cannot be listed.
 */
static bool has_spare(struct check *c, const struct check_names *users, const struct boxes *b)
{
	DIR *d = dir_take(fs_dir(c->ctx, b->dir));
	bool spare = d == NULL && errno != ENOENT;
	struct dirent *e;
	struct box box;

	while (d != NULL && !spare && (e = dir_next(d)) != NULL) {
		boxes_name(b, e->d_name, &box);
		spare = e->d_name[0] != '.' && !check_has(users, box.path) && check_has_parts(c, box.path);
	}
	if (d != NULL) {
		spare |= !spare && errno != 0;
		closedir(d);
	}
	c->ctx->err = (struct err){0};
	return spare;
}

void check_wanted(struct check *c, const struct check_names *users)
{
	const char *path, *file, *line, *home;
	struct boxes b, last = {0};
	bool spare = false;

	for (size_t at = 0; !buf_failed(&c->missing_maildirs) && at < c->missing_maildirs.len; at += strlen(home) + 1) {
		path = c->missing_maildirs.p + at;
		file = path + strlen(path) + 1;
		line = file + strlen(file) + 1;
		home = line + strlen(line) + 1;
		at = (size_t)(home - c->missing_maildirs.p);
		if (boxes_of_home(home, &b) < 0) {
			check_maildir(c, path, file, strtoul(line, NULL, 10), check_is_ours(c, path));
			continue;
		}
		if (strcmp(last.dir, b.dir) != 0)
			spare = has_spare(c, users, &b);
		last = b;
		check_maildir(c, path, file, strtoul(line, NULL, 10), check_is_ours(c, path) && !spare);
	}
}

/* Why v cannot append to path: an errno, -1 with ctx->err, or 0. */
static int try_mbox(const struct as_user *v, const char *path)
{
	struct as_user_at at;
	struct stat dir;
	int e = as_user_walk(v, NULL, path, &at);

	if (e == ENOENT && at.dir >= 0)
		e = fstat(at.dir, &dir) < 0 ? errno : as_user_may(v, &dir, 3) ? 0 : EACCES;
	else if (e == 0 && S_ISDIR(at.st.st_mode))
		e = EISDIR;
	else if (e == 0 && !as_user_may(v, &at.st, 6))
		e = EACCES;
	as_user_end(&at);
	return e;
}

static bool is_in_maildir(struct check *c, const char *path)
{
	char dir[PATH_MAX];

	join_part(dir, sizeof dir, path, (size_t)(strrchr(path, '/') - path));
	return check_is_maildir(c, dir);
}

void check_into_mbox(struct check *c, const struct home *h, const char *path, const char *file, size_t line)
{
	int e;

	if (is_in_maildir(c, path)) {
		check_found(c, &(struct finding){CHECK_ERROR, "no-mbox", file, line, check_edit(c, file, line)},
		            "%s would be an mbox inside a Maildir: programs that read the Maildir do not see this mail", path);
		return;
	}
	if (check_is_below(path, "/dev")) {
		check_found(c, &(struct finding){CHECK_ERROR, "device", file, line, check_edit(c, file, line)},
		            "qmail cannot deliver into %s: the mail waits until it bounces; to discard mail, use a .qmail file that contains only #",
		            path);
		return;
	}
	if (h->ours && !check_way(c, &h->v, path))
		return;
	e = try_mbox(&h->v, path);
	if (e == 0 && strcasecmp(strrchr(path, '/'), "/Maildir") == 0)
		check_found(c, &(struct finding){CHECK_WARNING, "mbox", file, line, check_edit(c, file, line)},
		            "qmail takes %s for an mbox, as no slash follows: programs that read Maildirs do not see this mail",
		            path);
	else if (e != 0 && !is_unseen(c, path, e))
		check_found(c, &(struct finding){CHECK_ERROR, "no-mbox", file, line, check_edit(c, file, line)},
		            "%s cannot write the mbox %s (%s; the name of a Maildir must end in a slash): the mail waits",
		            check_who(c, h->v.uid), path, strerror(e));
}
