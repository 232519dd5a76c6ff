/* local - qmail-local: may the user's home be used, which .qmail file counts? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/error_str.h"
#include "qmail/conf.h"
#include "qmail/dotqmail.h"
#include "route/internal.h"

static int enter_home(struct route_files *f, struct route *r, const struct as_user *v, struct as_user_at *home)
{
	const char *path = r->assign.home;
	int e;

	*home = (struct as_user_at){.fd = -1, .dir = -1};
	if (*path != '/') {
		route_step(f, r, NULL, 0, "home \"%s\" is not an absolute path: qmail-local rejects it", path);
		return route_end(r, ROUTE_BOUNCED,
		                 "qmail-local: usage: qmail-local [ -nN ] user homedir local dash ext domain sender aliasempty");
	}
	e = as_user_walk(v, NULL, path, home);
	if (e == 0)
		e = !S_ISDIR(home->st.st_mode) ? ENOTDIR : as_user_right(v, path, &home->st, 1);
	if (e > 0) {
		route_step(f, r, path, 0, "uid %lu cannot enter it: %s", (unsigned long)v->uid, strerror(e));
		return route_end(r, ROUTE_DEFERRED, "Unable to switch to %s: %s. (#4.3.0)", path, error_str(e));
	}
	return e;
}

static int judge_home(struct route_files *f, struct route *r, const struct as_user_at *home)
{
	const char *path = r->assign.home;

	if (home->st.st_mode & 002)
		return route_defer(f, r, path, "Uh-oh: home directory is writable. (#4.7.0)");
	if (home->st.st_mode & S_ISVTX)
		return route_defer(f, r, path, "Home directory is sticky: user is editing his .qmail file. (#4.2.1)");
	route_step(f, r, path, 0, "home directory, mode %04o: accepted", (unsigned)home->st.st_mode & 07777);
	return 0;
}

/* By this errno another .qmail file is not tried. */
static bool stops_search(int errnum)
{
	return errnum == EACCES || errnum == EPERM || !err_lasts(errnum);
}

/* 1: this file counts; 0: the next one; -1. Or the way has ended. */
static int try_file(struct route_files *f, struct route *r, const struct as_user *v, const struct as_user_at *home,
                    const char *name)
{
	char path[PATH_MAX + NAME_MAX];
	struct stat st = {0};
	int e;

	snprintf(path, sizeof path, "%s/%s", r->assign.home, name);
	e = as_user_slurp(v, home, name, &r->text, &st);
	if (e == EISDIR || e == EINVAL || (e > 0 && !stops_search(e))) {
		route_step(f, r, path, 0, "%s", e == ENOENT ? "does not exist" : e == EINVAL ? "is not a file" : strerror(e));
		return 0;
	}
	if (e != 0) {
		route_step(f, r, path, 0, "uid %lu may not read it: no other file is tried", (unsigned long)v->uid);
		return e < 0 ? -1 : route_end(r, ROUTE_DEFERRED, "Unable to open %s: %s. (#4.3.0)", name, error_str(e));
	}
	buf_str(&r->file, name);
	if (st.st_mode & 002)
		return route_defer(f, r, path, "Uh-oh: .qmail file is writable. (#4.7.0)");
	r->forward_only = st.st_mode & 0100;
	route_step(f, r, path, 0, r->forward_only ? "is used; its owner may execute it, so it may only forward" : "is used");
	return 1;
}

static int search(struct route_files *f, struct route *r, const struct as_user *v, const struct as_user_at *home)
{
	struct buf name = BUF(CONTROL_MAX);
	int found = 0;

	r->has_dotqmail = true;
	for (size_t at = 0; found == 0 && r->outcome == ROUTE_UNDECIDED &&
	                    dotqmail_candidate(r->assign.dash, r->assign.ext, &at, &name);) {
		buf_add(&r->tried, buf_text(&name), name.len + 1);
		found = try_file(f, r, v, home, buf_text(&name));
	}
	r->tried.failed |= buf_failed(&name);
	buf_free(&name);
	if (found != 0 || r->outcome != ROUTE_UNDECIDED)
		return found < 0 ? -1 : 0;
	if (*r->assign.dash != '\0')
		return route_end(r, ROUTE_BOUNCED, "Sorry, no mailbox here by that name. (#5.1.1)");
	return 0;
}

static void use_default(struct route_files *f, struct route *r)
{
	const char *p = buf_text(&f->default_delivery);
	size_t n = f->default_delivery.len;

	while (n > 0 && p[n - 1] == '\n')
		n--;
	route_step(f, r, NULL, 0, "%s: default delivery, %.*s%s", r->file.len > 0 ? "the file is empty" : "no such file",
	           (int)n, p, f->default_doubt);
	r->by_default = true;
	buf_free(&r->text);
	buf_add(&r->text, f->default_delivery.p, f->default_delivery.len);
	r->forward_only = false;
}

int route_qmail_local(struct route_files *f, struct route *r)
{
	const struct as_user v = {.ctx = f->ctx, .uid = r->assign.uid, .gid = r->assign.gid, .home = r->assign.home};
	struct as_user_at home;
	int e = enter_home(f, r, &v, &home);

	if (e == 0 && r->outcome == ROUTE_UNDECIDED)
		e = judge_home(f, r, &home);
	if (e == 0 && r->outcome == ROUTE_UNDECIDED)
		e = search(f, r, &v, &home);
	if (e == 0 && r->outcome == ROUTE_UNDECIDED && r->text.len == 0)
		use_default(f, r);
	if (e == 0 && r->outcome == ROUTE_UNDECIDED)
		e = route_deliver(f, r, &v, &home);
	as_user_end(&home);
	return e;
}
