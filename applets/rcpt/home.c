/* home - qmail-local: may the home be used, which .qmail file counts? */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "lib/err.h"
#include "qmail/conf.h"
#include "qmail/dotqmail.h"
#include "qmail/localparts.h"
#include "qmail/quota.h"
#include "rcpt/internal.h"

struct home {
	struct rcpt_way *w;
	struct as_user v; /* the user that mail is delivered as */
	struct as_user_at at;
};

/* One of the names that qmail-local tries, as it sees it. */
struct file {
	const char *name;
	struct stat st;
	int dir;                 /* it is below this directory, ... */
	const char *at;          /* ... by this name */
	struct as_user_at link;  /* where it leads */
};

static int unsure(struct home *h, const char *name, const char *why)
{
	char path[PATH_MAX + NAME_MAX];

	snprintf(path, sizeof path, "%s%s%s", h->w->owner.home, *name != '\0' ? "/" : "", name);
	return rcpt_unsure(h->w, path, "%s", why);
}

/* The errno of a walk, or -1: this process may not go there. */
static int unsure_of(struct home *h, const char *name, int e)
{
	return unsure(h, name, e < 0 ? "this process may not look at it" : strerror(e));
}

static int enter(struct home *h)
{
	int e;

	if (h->w->owner.home[0] != '/')
		return unsure(h, "", "is not an absolute path: qmail-local rejects it");
	e = as_user_walk(&h->v, NULL, h->w->owner.home, &h->at);
	if (e == 0)
		e = !S_ISDIR(h->at.st.st_mode) ? ENOTDIR : as_user_may(&h->v, &h->at.st, 1) ? 0 : EACCES;
	if (e != 0)
		return unsure_of(h, "", e);
	if (h->at.st.st_mode & 002)
		return unsure(h, "", "Uh-oh: home directory is writable. (#4.7.0)");
	if (h->at.st.st_mode & S_ISVTX)
		return unsure(h, "", "Home directory is sticky: user is editing his .qmail file. (#4.2.1)");
	return 0;
}

/* 0 with f->st; an errno, that of this user's open(2); -1: this process may not look. */
static int look(struct home *h, struct file *f)
{
	int e;

	f->dir = h->at.fd;
	f->at = f->name;
	if (strchr(f->name, '/') == NULL) {
		e = fstatat(f->dir, f->name, &f->st, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
		if (e == EACCES)
			return -1; /* this process lacks search permission: that of the user was checked */
		if (e != 0 || !S_ISLNK(f->st.st_mode))
			return e;
	}
	e = as_user_walk(&h->v, &h->at, f->name, &f->link);
	f->st = f->link.st;
	f->dir = f->link.dir;
	f->at = f->link.name;
	return e;
}

/* By this errno another .qmail file is not tried. */
static bool stops_search(int errnum)
{
	return errnum == EACCES || errnum == EPERM || !err_lasts(errnum);
}

/* 2: this file counts; 0: the next one; 1: the way has ended. */
static int try(struct home *h, struct file *f)
{
	int e = look(h, f);

	if (e == 0 && !as_user_may(&h->v, &f->st, 4))
		e = EACCES;
	if (e < 0 || (e > 0 && stops_search(e)))
		return unsure_of(h, f->name, e);
	if (e > 0 || !S_ISREG(f->st.st_mode))
		return 0;
	if (f->st.st_mode & 002)
		return unsure(h, f->name, "Uh-oh: .qmail file is writable. (#4.7.0)");
	return 2;
}

/* Its text, if this process may read it and it is not long. */
static bool read_text(const struct file *f, struct buf *text)
{
	size_t size = f->st.st_size < RCPT_TEXT_MAX ? (size_t)f->st.st_size : RCPT_TEXT_MAX;
	char *to = buf_room(text, size);
	ssize_t n = -1;
	struct stat st;
	int fd;

	if (to == NULL || size == RCPT_TEXT_MAX)
		return false;
	fd = openat(f->dir, f->at, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && st.st_dev == f->st.st_dev && st.st_ino == f->st.st_ino)
		n = read(fd, to, size);
	close(fd);
	text->len = n > 0 ? (size_t)n : 0;
	to[text->len] = '\0';
	return text->len == size;
}

static int ask_list(struct home *h, const struct mapped *m)
{
	char where[64];
	size_t line;

	switch (localparts_ask(m->p, m->n, h->w->owner.ext, &line)) {
	case LOCALPARTS_YES:
		return 0;
	case LOCALPARTS_NO:
		return rcpt_no(h->w);
	case LOCALPARTS_UNSURE:
		break;
	}
	if (line == 0)
		return unsure(h, LOCALPARTS_FILE, "has no entry");
	snprintf(where, sizeof where, LOCALPARTS_FILE ":%zu", line);
	return unsure(h, where, "is not a local part");
}

/*
 * What else would be sent to a dial-up host may be in the list of its addresses. Any home may have such a list: only
 * qv-domain writes one, or a person who means it. 0: the file counts.
 */
static int check_list(struct home *h)
{
	struct mapped m;
	int e = mapped_open_at(h->at.fd, LOCALPARTS_FILE, MAPPED_ASKED, &m);

	if (e == 0)
		e = m.n > CONTROL_MAX ? EFBIG : 0;
	e = e == ENOENT ? 0 : e != 0 ? unsure(h, LOCALPARTS_FILE, strerror(e)) : ask_list(h, &m);
	mapped_close(&m);
	return e;
}

/* Is so much mail waiting for the host that it takes no more? What is forwarded there has been accepted elsewhere. */
static bool is_full(const struct home *h)
{
	struct stat st;
	time_t now = time(NULL);

	return h->w->of == NULL && strcasecmp(h->w->owner.ext, "postmaster") != 0 &&
	       fstatat(h->at.fd, QUOTA_FULL, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       st.st_mtime > now - QUOTA_FULL_SECONDS && st.st_mtime < now + QUOTA_FULL_SECONDS;
}

static int check_host(struct home *h)
{
	int e = check_list(h);

	if (e == 0 && is_full(h))
		e = rcpt_later(h->w);
	return e;
}

/* It exists: that is enough, unless all it does is to forward. An empty one has the default delivery. */
static int use(struct home *h, const struct file *f)
{
	struct buf text = BUF(RCPT_TEXT_MAX);
	int e = strcmp(f->name, ".qmail-default") == 0 ? check_host(h) : 0;

	if (e != 0)
		return e;
	if (f->st.st_size > 0 && read_text(f, &text))
		e = rcpt_follow(h->w, &h->at, &text, f->st.st_mode & 0100);
	else
		e = rcpt_yes(h->w);
	buf_free(&text);
	return e;
}

static int search(struct home *h)
{
	struct buf name = BUF(RCPT_TEXT_MAX);
	const struct lookup *owner = &h->w->owner;
	int e = 0;

	for (size_t at = 0; e == 0 && dotqmail_candidate(owner->dash, owner->ext, &at, &name);) {
		struct file f = {.name = buf_text(&name), .link = {.fd = -1, .dir = -1}};

		e = try(h, &f);
		if (e == 2)
			e = use(h, &f);
		as_user_end(&f.link);
	}
	if (buf_failed(&name))
		e = rcpt_unsure(h->w, owner->home, "too long a name");
	buf_free(&name);
	return e;
}

int rcpt_home(struct rcpt_way *w)
{
	struct home h = {.w = w, .v = {.ctx = w->r->ctx, .uid = w->owner.uid, .gid = w->owner.gid}, .at = {.fd = -1, .dir = -1}};
	int e = enter(&h);

	if (e == 0)
		e = search(&h);
	as_user_end(&h.at);
	if (e != 0)
		return e;
	return *w->owner.dash != '\0' ? rcpt_no(w) : rcpt_yes(w); /* without a dash: the default delivery */
}
