/* dotqmails - .qmail files as files: their names, modes and owners, and links among them. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "check/instructions.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/dotqmail.h"

/* For a link, or in a home that is not ours, a command; otherwise --fix does it: NULL. */
static const char *give_mode(const struct dotqmail_file *f)
{
	const struct conf *conf = &f->c->change.conf;

	if (f->link || !f->home->ours)
		return check_command(f->c, "chmod a+r,go-w ", f->path, CHECK_END);
	plan_give(&f->c->change.owners, f->path,
	          &(struct owner){((f->st.st_mode & 07777) | 0644) & ~(mode_t)022, conf->uid, conf->gid});
	return NULL;
}

static void check_file_mode(const struct dotqmail_file *f)
{
	const struct conf *conf = &f->c->change.conf;

	if (!check_knows(f->c, f->path, &f->st))
		return;
	if (!as_user_may(&f->home->v, &f->st, 4))
		check_found(f->c, &(struct finding){CHECK_ERROR, "qmail-unreadable", f->path, 0, give_mode(f)},
		            "%s may not read it: the mail waits", check_who(f->c, f->home->v.uid));
	else if (f->st.st_mode & 002)
		check_found(f->c, &(struct finding){CHECK_ERROR, "qmail-writable", f->path, 0, give_mode(f)},
		            "everybody may write it: qmail delivers nothing, and the mail waits");
	else if (f->st.st_mode & 020)
		check_found(f->c, &(struct finding){CHECK_WARNING, "qmail-writable", f->path, 0, give_mode(f)},
		            "its group may write it: a qmail built with conf-patrn 022 delivers nothing, and the mail waits");
	else if (f->home->ours && !f->link && f->st.st_uid != conf->uid)
		check_found(f->c, &(struct finding){CHECK_WARNING, "owner", f->path, 0, give_mode(f)},
		            "belongs to uid %lu, not to %s: that user can redirect this mail", (unsigned long)f->st.st_uid,
		            conf->popuser);
}

/* Advise the name that the file should have, or, if another has it, one that qmail does not look for. */
static void check_never_read(const struct dotqmail_file *f)
{
	char right[NAME_MAX + 1], path[PATH_MAX], aside[PATH_MAX];
	struct stat st;
	size_t n;

	for (n = 0; n < NAME_MAX && f->name[n] != '\0'; n++)
		right[n] = n > 0 && f->name[n] == '.' ? ':' : name_fold(f->name[n]);
	right[n] = '\0';
	join(path, sizeof path, f->home->path, "/", right, NULL);
	join(aside, sizeof aside, f->home->path, "/", right + 1, ".old", NULL);
	check_found(f->c,
	            &(struct finding){CHECK_WARNING, "never-read", f->path, 0,
	                              fs_stat(f->c->ctx, path, &st) == 1
	                                  ? check_command(f->c, "mv -n ", f->path, " ", path, CHECK_END)
	                                  : check_command(f->c, "mv -n ", f->path, " ", aside, CHECK_END)},
	            "qmail only looks for names in lower case, with : in place of a dot: mail is delivered as if this file did not exist");
}

/* Is it a link, which qmail follows, to a file that its user may read? */
static bool is_link(struct dotqmail_file *f)
{
	const struct as_user_at home = {.fd = f->home->dir, .dir = -1};
	struct stat st;
	int e;

	if (fstatat(home.fd, f->name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISLNK(st.st_mode))
		return false;
	e = as_user_slurp(&f->home->v, &home, f->name, &f->text, &f->st);
	f->link = e == 0;
	if (e > 0)
		err_perm(&f->c->ctx->err, "is a symbolic link to something that uid %lu cannot read: %s", (unsigned long)f->home->v.uid, strerror(e));
	return f->link;
}

/* Anything wrong with another .qmail file is reported for that file. */
static bool leads_to_dotqmail(const struct dotqmail_file *f)
{
	char to[PATH_MAX] = "";
	const char *slash;

	if (readlinkat(f->home->dir, f->name, to, sizeof to - 1) < 0)
		return false;
	slash = strrchr(to, '/');
	return strncmp(slash != NULL ? slash + 1 : to, ".qmail", 6) == 0;
}

void check_dotqmail(struct check *c, struct home *h, const char *name)
{
	char path[PATH_MAX], local[NAME_MAX + 1];
	struct dotqmail_file f = {.c = c, .home = h, .path = path, .name = name, .text = BUF(CONTROL_MAX)};
	bool is_read = strcmp(name, ".qmail") == 0 || dotqmail_local(name, local, sizeof local) == 0;
	int r;

	join(path, sizeof path, h->path, "/", name, NULL);
	r = fs_slurp_at(c->ctx, h->dir, name, path, &f.text, &f.st);
	if (!is_read) {
		check_never_read(&f);
		instructions_note(&f);
	} else if (r < 0 && !is_link(&f)) {
		check_unreadable(c, path);
	} else if (r < 0 && leads_to_dotqmail(&f)) {
		instructions_note(&f);
	} else if (r <= 0) {
		check_file_mode(&f);
		instructions_check(&f);
	}
	c->ctx->err = (struct err){0};
	h->postmaster |= strcmp(name, ".qmail-postmaster") == 0;
	h->fallback |= strcmp(name, ".qmail-default") == 0;
	buf_free(&f.text);
}
