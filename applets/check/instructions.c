/* instructions - the lines of .qmail files, as qmail-local(8) and dot-qmail(5) read them. */
#include "check/instructions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/join.h"
#include "qmail/dotqmail.h"

enum { TWICE_MAX = 500 /* lines; popusr writes these files, and longer ones are not searched for repeated lines */ };

/* How line is fixed: by --fix (NULL) in our own files, else by hand. */
static const char *mend(const struct dotqmail_file *f, size_t line)
{
	return f->link || !f->home->ours ? check_edit(f->c, f->path, line) : NULL;
}

/* The first n bytes of a path in h's .qmail file, without slashes at its end. */
static void absolute(const struct home *h, const char *p, size_t n, char *to, size_t size)
{
	size_t home;

	while (n > 1 && p[n - 1] == '/')
		n--;
	if (*p == '/') {
		join_part(to, size, p, n);
		return;
	}
	for (; n > 1 && memcmp(p, "./", 2) == 0; n -= 2)
		p += 2;
	home = join(to, size, h->path, "/", NULL);
	join_part(to + home, size - home, p, n);
}

/* "/a//./b/../c" is /a/c. */
static void shorten(char *path)
{
	char *to = path;

	for (char *p = path; *p != '\0';) {
		size_t n = 1 + strcspn(p + 1, "/");

		if (n == 3 && memcmp(p, "/..", 3) == 0)
			while (to > path && *--to != '/')
				;
		else if (n > 1 && !(n == 2 && p[1] == '.'))
			to = (char *)memmove(to, p, n) + n;
		p += n;
	}
	*to = '\0';
}

/* Note the mailbox that a line names, even if mail does not get there. */
static void note_box(const struct dotqmail_file *f, const char *p, size_t n)
{
	char path[PATH_MAX];

	absolute(f->home, p, n, path, sizeof path);
	shorten(path);
	check_note(&f->c->boxes, path);
}

static void check_mbox(struct dotqmail_file *f, size_t line, const struct dotqmail_line *l)
{
	char path[PATH_MAX];

	absolute(f->home, l->value, l->n, path, sizeof path);
	if (!check_is_maildir(f->c, path)) {
		check_into_mbox(f->c, f->home, path, f->path, line);
		return;
	}
	check_found(f->c, &(struct finding){CHECK_ERROR, "no-slash", f->path, line, mend(f, line)},
	            "%s is a Maildir, but without a slash at the end qmail takes it for an mbox: the mail waits", path);
	lines_splice(&f->lines, line - 1, l->n, l->n, "/");
}

static void check_maildir_line(struct dotqmail_file *f, size_t line, const struct dotqmail_line *l)
{
	char path[PATH_MAX];

	absolute(f->home, l->value, l->n, path, sizeof path);
	check_into_maildir(f->c, f->home, path, f->path, line);
}

/* Only an absolute first word is checked; a shell finds the others, or has them built in. */
static void check_program(const struct dotqmail_file *f, size_t line, const struct dotqmail_line *l)
{
	char path[PATH_MAX];
	struct as_user_at at;
	size_t n = 0, skip = 0;
	int e;

	while (skip < l->n && l->value[skip] == ' ')
		skip++;
	while (skip + n < l->n && strchr(" \t;|&<>()", l->value[skip + n]) == NULL)
		n++;
	join_part(path, sizeof path, l->value + skip, n);
	if (*path != '/' || strpbrk(path, "\"'$`\\*?[{~") != NULL)
		return;
	e = as_user_walk(&f->home->v, NULL, path, &at);
	as_user_end(&at);
	if (e == ENOENT)
		check_found(f->c, &(struct finding){CHECK_ERROR, "no-program", f->path, line, check_edit(f->c, f->path, line)},
		            "%s does not exist: the mail waits until it bounces", path);
}

/* The same instruction again; a program may be meant to run twice. */
static void check_twice(struct dotqmail_file *f, size_t line, const struct dotqmail_line *l)
{
	const char *p, *other;
	size_t n, m, first;
	char *key;

	p = lines_at(&f->lines, line - 1, &n);
	key = line > 1 && l->kind != DOTQMAIL_PROGRAM && f->lines.n <= TWICE_MAX ? strndup(p, n) : NULL;
	first = key != NULL ? lines_find(&f->lines, LINES_LIST, key, 0) : LINES_NONE;
	free(key);
	if (first >= line - 1)
		return;
	other = lines_at(&f->lines, first, &m);
	if (n == m && memcmp(p, other, n) == 0)
		check_found(f->c, &(struct finding){CHECK_WARNING, "twice", f->path, line, check_delete(f->c, f->path, line, p, n)},
		            "repeats line %zu: each message is delivered twice", first + 1);
}

static void check_line(struct dotqmail_file *f, size_t line, const struct dotqmail_line *l)
{
	if (memchr(l->value, '\0', l->n) != NULL) {
		check_found(f->c, &(struct finding){CHECK_ERROR, "nul", f->path, line, check_edit(f->c, f->path, line)},
		            "contains a NUL byte, at which qmail stops reading: the mail is delivered elsewhere, or bounces");
		return;
	}
	check_twice(f, line, l);
	switch (l->kind) {
	case DOTQMAIL_MBOX:
		check_mbox(f, line, l);
		break;
	case DOTQMAIL_MAILDIR:
		check_maildir_line(f, line, l);
		break;
	case DOTQMAIL_FORWARD:
		check_forward(f->c, l->value, l->n, f->path, line, f->programs);
		break;
	case DOTQMAIL_PROGRAM:
		check_program(f, line, l);
		f->programs = true;
		break;
	}
}

/* " /home/popmail/...": the line is meant to be without the blank. */
static void check_indented(struct dotqmail_file *f, size_t i)
{
	size_t n, blanks = 0;
	const char *p = lines_at(&f->lines, i, &n);

	while (blanks < n && (p[blanks] == ' ' || p[blanks] == '\t'))
		blanks++;
	if (blanks == 0 || blanks == n)
		return;
	check_found(f->c, &(struct finding){CHECK_ERROR, "leading-blank", f->path, i + 1, mend(f, i + 1)},
	            "begins with a blank: qmail takes the line for an address to forward to, and the mail bounces");
	lines_splice(&f->lines, i, 0, blanks, "");
}

/* Only in an instruction; lines that qmail ignores may end in anything. */
static void check_return(struct dotqmail_file *f, size_t i)
{
	size_t n;
	const char *p = lines_at(&f->lines, i, &n);

	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	if (n == 0 || p[n - 1] != '\r' || *p == '#' || *p == '+')
		return;
	check_found(f->c, &(struct finding){CHECK_ERROR, "crlf", f->path, i + 1, mend(f, i + 1)},
	            "ends in a carriage return, which qmail takes for a part of it: the mail is delivered elsewhere, or nowhere");
	lines_splice(&f->lines, i, n - 1, n, n == 1 ? "#" : ""); /* "#": a blank first line would stop qmail */
}

/* Later checks see the lines as they were meant. */
static void check_ends(struct dotqmail_file *f)
{
	for (size_t i = 0; i < f->lines.n; i++) {
		check_indented(f, i);
		check_return(f, i);
	}
	lines_render(&f->lines, &f->text);
}

/* Where qmail-local stops: at a blank first line, or at a delivery in a file that may only forward. */
static void check_stop(const struct dotqmail_file *f, const struct dotqmail_run *run)
{
	if (strstr(run->why, "blank") != NULL)
		check_found(f->c,
		            &(struct finding){CHECK_ERROR, "first-line-blank", f->path, run->line,
		                              check_delete(f->c, f->path, run->line, "", 0)},
		            "the first line is blank: qmail delivers nothing, and the mail waits");
	else
		check_found(f->c, &(struct finding){CHECK_ERROR, "forward-only", f->path, run->line,
		                                    f->st.st_mode & 0100 ? check_command(f->c, "chmod -x ", f->path, CHECK_END)
		                                                         : check_edit(f->c, f->path, run->line)},
		            "%s, so it may only forward: the mail waits", f->st.st_mode & 0100 ? "its owner may execute the file" : "follows +list");
}

void instructions_note(const struct dotqmail_file *f)
{
	struct dotqmail_line l;

	for (size_t at = 0; dotqmail_next(buf_text(&f->text), f->text.len, &at, &l);)
		if (l.kind == DOTQMAIL_MAILDIR || l.kind == DOTQMAIL_MBOX)
			note_box(f, l.value, l.n);
}

static void obey(struct dotqmail_file *f)
{
	struct dotqmail_run run = {.text = buf_text(&f->text), .n = f->text.len, .forward_only = f->st.st_mode & 0100};
	struct dotqmail_line l;

	while (dotqmail_obey(&run, &l))
		check_line(f, run.line, &l);
	if (run.why != NULL)
		check_stop(f, &run);
}

static void plan_lines(struct dotqmail_file *f)
{
	const struct owner popusr = {0644, f->c->change.conf.uid, f->c->change.conf.gid};

	buf_free(&f->text);
	lines_render(&f->lines, &f->text);
	f->text.failed |= lines_failed(&f->lines);
	plan_file(&f->c->change.files, f->path, &popusr, &f->text, NULL);
}

void instructions_check(struct dotqmail_file *f)
{
	if (f->text.len == 0 && f->home->line > 0) /* those of alias are empty by default (INSTALL.alias) */
		check_found(f->c, &(struct finding){CHECK_WARNING, "empty", f->path, 0, check_edit(f->c, f->path, 1)},
		            "is empty: its mail is delivered as the argument of qmail-start tells, usually into a Maildir of the home");
	lines_take(&f->lines, &f->text);
	check_ends(f);
	instructions_note(f);
	obey(f);
	if (f->lines.changed && !f->link && f->home->ours)
		plan_lines(f);
	lines_free(&f->lines);
}
