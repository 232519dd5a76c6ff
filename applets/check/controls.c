/* controls - control files: which users may read and write them; control/me and control/percenthack. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/internal.h"
#include "lib/fs.h"
#include "qmail/passwd.h"

/* The user that one of qmail's programs runs as; if unknown, a user who is neither owner nor in the group. */
static struct as_user reader(struct check *c, const char *name)
{
	struct as_user v = {.ctx = c->ctx, .uid = 65534, .gid = 65534};
	struct passwd_user u;

	if (name == NULL)
		return (struct as_user){.ctx = c->ctx};
	if (check_passwd(c, name, &u)) {
		v.uid = u.uid;
		v.gid = u.gid;
	}
	return v;
}

void check_control(struct check *c, const char *path, const char *user)
{
	const struct as_user v = reader(c, user);
	struct stat st = {0};
	struct owner want;
	int fd = -1, e;

	if (!check_way(c, &v, path))
		return;
	e = as_user_open(&v, NULL, path, &fd, &st);
	if (fd >= 0)
		close(fd);
	if (e > 0 && e != EACCES && e != ENOENT)
		e = err_perm(&c->ctx->err, "%s%s: %s", c->ctx->root, path, strerror(e));
	if (e < 0 || (e == EACCES && fs_stat(c->ctx, path, &st) != 0))
		check_unreadable(c, path);
	want = (struct owner){(st.st_mode & 07777 & ~(mode_t)022) | 0444, (uid_t)-1, (gid_t)-1};
	if (e == EACCES && c->ids_missing)
		check_unseen(c, path, "not every owner on the path to it has an id in this user namespace");
	else if (e == EACCES)
		check_found(c, &(struct finding){CHECK_ERROR, "mode", path, 0, NULL},
		            "%s may not read it: qmail does not work, and mail is refused or waits", user);
	else if (e == 0 && st.st_mode & 002)
		check_found(c, &(struct finding){CHECK_ERROR, "writable", path, 0, NULL},
		            "everybody may write it: any user can redirect mail");
	else if (e == 0 && st.st_uid == c->change.conf.uid)
		check_found(c, &(struct finding){CHECK_ERROR, "owner", path, 0, NULL},
		            "belongs to %s: any program that a .qmail file makes this user run can write it and redirect mail",
		            c->change.conf.popuser);
	else
		return;
	if (st.st_uid == c->change.conf.uid)
		want.uid = want.gid = 0;
	plan_give(&c->change.owners, path, &want);
}

static void check_me(struct check *c)
{
	const char *path = QMAIL_CONTROL "me";
	struct stat st;

	if (*c->change.conf.me != '\0')
		return;
	check_found(c,
	            &(struct finding){CHECK_ERROR, "no-me", path, 0,
	                              check_command(c, "hostname -f >", path, ".new && mv ", path, ".new ", path, CHECK_END)},
	            fs_stat(c->ctx, path, &st) == 0
	                ? "contains no host name: qmail gives other servers an empty name, and many refuse its mail"
	                : "is missing: qmail-smtpd refuses every session, and qmail-remote sends nothing");
}

/* user%host@DOMAIN is accepted because of DOMAIN, and is then sent to host for any sender. */
static void check_percenthack(struct check *c)
{
	const struct as_user root = {.ctx = c->ctx};
	const char *path = QMAIL_CONTROL "percenthack";
	struct buf text = BUF(CONTROL_MAX);
	struct lines l = {0};
	const char *p;
	size_t n;

	if (as_user_slurp(&root, NULL, path, &text, NULL) < 0)
		check_unreadable(c, path);
	lines_parse(&l, buf_text(&text), text.len);
	for (size_t i = 0; i < l.n; i++)
		if (lines_key(&l, LINES_LIST, i, &p, &n))
			check_found(c, &(struct finding){CHECK_WARNING, "percenthack", path, i + 1, check_delete(c, path, i + 1, p, n)},
			            "mail for user%%host@%.*s is sent on to host for any sender: this is an open relay", (int)n, p);
	lines_free(&l);
	buf_free(&text);
}

/* Of several programs that read the file, the first is checked. */
static void check_reader(struct check *c, const struct control *k)
{
	enum control_program p = 0;

	while (p < CONTROL_PROGRAMS && !control_is_read(k, p))
		p++;
	if (p < CONTROL_PROGRAMS)
		check_control(c, k->path, control_user(p));
}

void check_controls(struct check *c)
{
	check_me(c);
	check_percenthack(c);
	check_control(c, QMAIL_CDB, NULL);
	for (const struct control *k = controls; k->path != NULL; k++)
		check_reader(c, k);
}
