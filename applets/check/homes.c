/* homes - the directories that users/assign leads to, and the .qmail files in them, as qmail-local(8) judges them. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"
#include "lib/fs.h"
#include "qmail/assign.h"
#include "qmail/domains.h"
#include "qmail/dotqmail.h"

struct home {
	const char *path;
	size_t line;  /* of users/assign */
	int dir;
	bool postmaster, fallback; /* there is a .qmail-postmaster, a .qmail-default */
};

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

static void check_home_mode(struct check *c, const struct home *h, const struct stat *st)
{
	char mend[1100];

	snprintf(mend, sizeof mend, "chmod go-w %s", h->path);
	if (st->st_mode & 002)
		check_found(c, &(struct finding){CHECK_ERROR, "home-writable", h->path, 0, mend},
		            "everybody may write there: qmail delivers nothing, and the mail waits");
	else if (st->st_mode & 020)
		check_found(c, &(struct finding){CHECK_WARNING, "home-writable", h->path, 0, mend},
		            "its group may write there: a qmail built with conf-patrn 022 delivers nothing");
	snprintf(mend, sizeof mend, "chmod -t %s", h->path);
	if (st->st_mode & S_ISVTX)
		check_found(c, &(struct finding){CHECK_ERROR, "home-sticky", h->path, 0, mend},
		            "is sticky, which tells qmail that its .qmail files are being edited: the mail waits");
}

/* Directories in which qmail wants a slash behind the name, and takes it for an mbox without. */
static bool is_maildir(struct check *c, const char *path)
{
	char new[PATH_MAX + 8];
	struct stat st;

	snprintf(new, sizeof new, "%s/new", path);
	return fs_stat(c->ctx, new, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The first n bytes of a path in h's .qmail file, without slashes at its end. */
static void absolute(const struct home *h, const struct dotqmail_line *l, size_t n, char *to, size_t size)
{
	while (n > 1 && l->value[n - 1] == '/')
		n--;
	if (*l->value == '/')
		snprintf(to, size, "%.*s", (int)n, l->value);
	else
		snprintf(to, size, "%s/%.*s", h->path, (int)(n > 2 ? n - 2 : 0), l->value + 2);
}

static size_t line_number(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* The same text with a slash behind this path; the plan writes it. */
static void add_slash(struct check *c, const char *file, const struct buf *text, const struct dotqmail_line *l)
{
	const struct owner popusr = {0644, c->change.conf.uid, c->change.conf.gid};
	size_t end = (size_t)(l->value + l->n - text->p);
	struct buf new = BUF(CONTROL_MAX);

	buf_add(&new, text->p, end);
	buf_char(&new, '/');
	buf_add(&new, text->p + end, text->len - end);
	plan_file(&c->change.trees, file, &popusr, &new, NULL);
}

static void check_instruction(struct check *c, const struct home *h, const char *file, const struct buf *text,
                              const struct dotqmail_line *l)
{
	bool cr = l->n > 0 && l->value[l->n - 1] == '\r';
	size_t line = line_number(text->p, l->value);
	char path[PATH_MAX], mend[3 * PATH_MAX];
	struct stat st;

	if (cr)
		check_found(c, &(struct finding){CHECK_ERROR, "crlf", file, line, "take the carriage returns away"},
		            "ends in a carriage return, which qmail takes for a part of it: the mail goes elsewhere, or nowhere");
	if (l->kind != DOTQMAIL_MAILDIR && l->kind != DOTQMAIL_MBOX)
		return;
	absolute(h, l, l->n - cr, path, sizeof path);
	if (l->kind == DOTQMAIL_MBOX && !cr && is_maildir(c, path)) {
		check_found(c, &(struct finding){CHECK_ERROR, "no-slash", file, line, NULL},
		            "%s is a Maildir, but without a slash behind it qmail takes it for an mbox: the mail waits", path);
		add_slash(c, file, text, l);
	}
	buf_add(&c->boxes, path, strlen(path) + 1);
	if (l->kind == DOTQMAIL_MBOX)
		return;
	snprintf(mend, sizeof mend, "maildirmake %s; chown -R %s %s", path, c->change.conf.popuser, path);
	if (fs_stat(c->ctx, path, &st) == 1)
		check_found(c, &(struct finding){CHECK_ERROR, "no-maildir", file, line, mend}, "%s is missing: the mail waits", path);
}

static void check_first_line(struct check *c, const char *file, const struct buf *text)
{
	size_t n = strcspn(buf_text(text), "\n"), k = strspn(buf_text(text), " \t");

	if (text->len > 0 && k >= n)
		check_found(c, &(struct finding){CHECK_ERROR, "first-line-blank", file, 1, "write what is to be done into the first line"},
		            "the first line is blank: qmail delivers nothing, and the mail waits");
	else if (text->len > 0 && k > 0)
		check_found(c, &(struct finding){CHECK_ERROR, "leading-blank", file, 1, "take the blank away"},
		            "begins with a blank: qmail takes the line for an address to send on to, and the mail bounces");
}

static void check_file_mode(struct check *c, const char *file, const struct stat *st)
{
	char mend[PATH_MAX + 16];

	snprintf(mend, sizeof mend, "chmod 644 %s", file);
	if (st->st_mode & 002)
		check_found(c, &(struct finding){CHECK_ERROR, "qmail-writable", file, 0, mend},
		            "everybody may write it: qmail delivers nothing, and the mail waits");
	else if (st->st_mode & 020)
		check_found(c, &(struct finding){CHECK_WARNING, "qmail-writable", file, 0, mend},
		            "its group may write it: a qmail built with conf-patrn 022 delivers nothing");
	if (st->st_uid != c->change.conf.uid && !(st->st_mode & 004))
		check_found(c, &(struct finding){CHECK_ERROR, "qmail-unreadable", file, 0, mend},
		            "%s may not read it: the mail waits", c->change.conf.popuser);
}

static void check_dotqmail(struct check *c, struct home *h, const char *name)
{
	struct buf text = BUF(CONTROL_MAX);
	char file[PATH_MAX], local[NAME_MAX + 1];
	struct dotqmail_line l;
	struct stat st;
	int r;

	snprintf(file, sizeof file, "%s/%s", h->path, name);
	if (name[6] == '-' && dotqmail_local(name, local, sizeof local) < 0) {
		check_found(c, &(struct finding){CHECK_WARNING, "never-read", file, 0, "rename it: small letters, and : where the address has ."},
		            "qmail never looks for a file of this name: it does nothing");
		return;
	}
	h->postmaster |= strcmp(name, ".qmail-postmaster") == 0;
	h->fallback |= strcmp(name, ".qmail-default") == 0;
	r = fs_slurp_at(c->ctx, h->dir, name, file, &text, &st);
	if (r < 0)
		check_unreadable(c, file);
	if (r == 0) {
		check_file_mode(c, file, &st);
		check_first_line(c, file, &text);
		for (size_t at = 0; dotqmail_next(buf_text(&text), text.len, &at, &l);)
			check_instruction(c, h, file, &text, &l);
	}
	buf_free(&text);
}

static void check_files(struct check *c, struct home *h)
{
	DIR *d = fdopendir(h->dir);
	struct dirent *e;

	if (d == NULL) {
		close(h->dir);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (strncmp(e->d_name, ".qmail", 6) == 0 && (e->d_name[6] == '-' || e->d_name[6] == '\0'))
			check_dotqmail(c, h, e->d_name);
	closedir(d);
}

/* Only of homes that are laid out as ours is it known what they are for. */
static void check_last_resort(struct check *c, const struct home *h)
{
	const struct conf *conf = &c->change.conf;
	const char *name = strrchr(h->path, '/') + 1;
	char mend[1100];

	if (is_below(h->path, conf->popmail) && !h->postmaster && !h->fallback) {
		snprintf(mend, sizeof mend, "qv-mailbox add postmaster@%s", name);
		check_found(c, &(struct finding){CHECK_WARNING, "no-postmaster", h->path, 0, mend},
		            "nobody gets postmaster's mail, which must be taken (RFC 5321 4.5.1): it bounces");
	}
	if (is_below(h->path, conf->serialmail) && !h->fallback) {
		snprintf(mend, sizeof mend, "echo ./Maildir/ >%s/.qmail-default", h->path);
		check_found(c, &(struct finding){CHECK_ERROR, "no-default", h->path, 0, mend},
		            "there is no .qmail-default: mail for this host bounces");
	}
}

static void check_home(struct check *c, struct home *h)
{
	char mend[2300];
	struct stat st;
	int r = fs_stat(c->ctx, h->path, &st);

	snprintf(mend, sizeof mend, "mkdir %s; chown %s: %s", h->path, c->change.conf.popuser, h->path);
	if (r == 1 || (r == 0 && S_ISLNK(st.st_mode) == 0 && !S_ISDIR(st.st_mode))) {
		check_found(c, &(struct finding){CHECK_ERROR, "no-home", QMAIL_ASSIGN, h->line, mend},
		            "there is no directory %s: the mail waits until it bounces", h->path);
		c->homes_missing = true;
		return;
	}
	h->dir = r == 0 ? fs_dir(c->ctx, h->path) : -1;
	if (h->dir < 0 || fstat(h->dir, &st) < 0) {
		check_unreadable(c, h->path);
		c->homes_missing = true;
		return;
	}
	check_home_mode(c, h, &st);
	check_files(c, h);
	check_last_resort(c, h);
}

void check_homes(struct check *c)
{
	const struct lines *l = &c->change.routing.file[ROUTING_ASSIGN].lines;
	struct assign_line entry;
	char path[1024];
	const char *p, *why;
	size_t n;

	for (size_t i = 0; i < l->n; i++) {
		p = lines_at(l, i, &n);
		switch (assign_parse(p, n, true, &entry, &why)) {
		case ASSIGN_END:
			return;
		case ASSIGN_BAD:
			continue;
		case ASSIGN_ENTRY:
			break;
		}
		if (entry.home.n == 0 || entry.home.n >= sizeof path || *entry.home.p != '/')
			continue;
		snprintf(path, sizeof path, "%.*s", (int)entry.home.n, entry.home.p);
		check_home(c, &(struct home){.path = path, .line = i + 1, .dir = -1});
	}
}
