/* deliver - qmail-local: can what stands in the .qmail file be done? */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lib/error_str.h"
#include "qmail/conf.h"
#include "qmail/dotqmail.h"
#include "route/internal.h"

struct delivery {
	struct route_files *f;
	struct route *r;
	const struct as_user *v; /* the user that it is done as */
	const struct as_user_at *home;
	size_t files, forwards, programs; /* done so far */
};

/* Part of a Maildir that the message is written into; dev: where. 0, errno, or -1. */
static int check_part(const struct as_user *v, const struct as_user_at *maildir, const char *name, dev_t *dev)
{
	struct as_user_at at;
	int e = as_user_walk(v, maildir, name, &at);

	if (e == 0)
		e = !S_ISDIR(at.st.st_mode) ? ENOTDIR : as_user_right(v, name, &at.st, 3);
	*dev = at.st.st_dev;
	as_user_end(&at);
	return e;
}

/* qmail-local is in the Maildir now; its path ends with a slash. 0: it would be delivered there; 1: *why; -1. */
static int check_parts(const struct delivery *d, const char *path, const struct as_user_at *maildir, const char **why)
{
	bool whole = *path == '/';
	char name[2 * PATH_MAX];
	struct as_user v = *d->v;
	dev_t tmp, new;
	int e;

	snprintf(name, sizeof name, "%s%s%.*s", whole ? "" : v.home, whole ? "" : "/", (int)strlen(path) - 1, path);
	v.home = name;
	e = check_part(&v, maildir, "tmp", &tmp);
	if (e == 0)
		e = check_part(&v, maildir, "new", &new);
	if (e == 0 && tmp != new)
		e = EXDEV; /* what is written in tmp is linked into new */
	*why = "Temporary error on maildir delivery. (#4.3.0)";
	return e > 0 ? 1 : e;
}

static int check_maildir(const struct delivery *d, const char *path, const char **why)
{
	struct as_user_at at;
	int e = as_user_walk(d->v, d->home, path, &at);

	if (e == 0)
		e = !S_ISDIR(at.st.st_mode) ? ENOTDIR : as_user_right(d->v, path, &at.st, 1);
	*why = err_lasts(e) ? "Unable to chdir to maildir. (#4.2.1)" : "Temporary error on maildir delivery. (#4.3.0)";
	if (e == 0)
		e = check_parts(d, path, &at, why);
	as_user_end(&at);
	return e > 0 ? 1 : e;
}

/* open(2) to append, making it where it is missing; FIFOs and the like are not waited for. 0, errno, or -1. */
static int check_append(const struct delivery *d, const char *path)
{
	struct as_user_at at;
	struct stat dir;
	int e = as_user_walk(d->v, d->home, path, &at);

	if (e == ENOENT && at.dir >= 0)
		e = fstat(at.dir, &dir) < 0 ? errno : as_user_right(d->v, path, &dir, 3);
	else if (e == 0 && S_ISDIR(at.st.st_mode))
		e = EISDIR;
	else if (e == 0)
		e = as_user_right(d->v, path, &at.st, 2);
	if (e == 0 && (S_ISFIFO(at.st.st_mode) || S_ISSOCK(at.st.st_mode)))
		e = ENXIO;
	else if (e == 0 && S_ISCHR(at.st.st_mode))
		e = EINVAL; /* which is what fsync(2) says of /dev/null */
	as_user_end(&at);
	return e;
}

static int check_mbox(const struct delivery *d, const char *path, struct buf *why)
{
	int e = check_append(d, path);

	if (e == EINVAL)
		buf_printf(why, "Unable to write %s: %s. (#4.3.0)", path, error_str(e));
	else if (e > 0)
		buf_printf(why, "Unable to open %s: %s. (#4.2.1)", path, error_str(e));
	return e > 0 ? 1 : e;
}

/* The program is a mere "exit CODE": what a shell makes of it is known. */
static bool exits(const struct dotqmail_line *l, int *code)
{
	static const char word[] = "exit ";
	const char *p = l->value + strlen(word), *end = l->value + l->n;

	if (l->kind != DOTQMAIL_PROGRAM || l->n <= strlen(word) || memcmp(l->value, word, strlen(word)) != 0 || end - p > 3)
		return false;
	for (*code = 0; p < end; p++) {
		if (*p < '0' || *p > '9')
			return false;
		*code = *code * 10 + (*p - '0');
	}
	return *code <= 255;
}

/* qmail-command(8) */
static enum route_outcome exit_outcome(int code)
{
	static const int permanent[] = {100, 64, 65, 70, 76, 77, 78, 112};

	if (code == 0)
		return ROUTE_UNDECIDED;
	for (size_t i = 0; i < sizeof permanent / sizeof *permanent; i++)
		if (code == permanent[i])
			return ROUTE_BOUNCED;
	return ROUTE_DEFERRED;
}

/* 0: it can be done; 1: why not; -1. */
static int check(const struct delivery *d, const struct dotqmail_line *line, struct buf *why)
{
	struct buf path = BUF(CONTROL_MAX);
	const char *words = "";
	int e = 0;

	buf_add(&path, line->value, line->n);
	switch (line->kind) {
	case DOTQMAIL_MAILDIR: /* buf_text(): a NUL ends the path for qmail-local too */
		e = check_maildir(d, buf_text(&path), &words);
		break;
	case DOTQMAIL_MBOX:
		e = check_mbox(d, buf_text(&path), why);
		break;
	case DOTQMAIL_PROGRAM:
	case DOTQMAIL_FORWARD:
		break;
	}
	if (e == 1)
		buf_str(why, words);
	buf_free(&path);
	return e;
}

static void count(struct delivery *d, enum dotqmail_kind kind)
{
	size_t *const counts[] = {
		[DOTQMAIL_FORWARD] = &d->forwards,
		[DOTQMAIL_MAILDIR] = &d->files,
		[DOTQMAIL_MBOX] = &d->files,
		[DOTQMAIL_PROGRAM] = &d->programs,
	};

	++*counts[kind];
}

/* The file and line that this instruction has; none for the default delivery. */
static const char *place(const struct route *r, size_t *line, char *path, size_t size)
{
	if (r->by_default) {
		*line = 0;
		return NULL;
	}
	snprintf(path, size, "%s/%s", r->assign.home, buf_text(&r->file));
	return path;
}

static void explain(const struct delivery *d, const struct dotqmail_line *l, size_t line, const char *why)
{
	static const char *const does[] = {
		[DOTQMAIL_FORWARD] = "forwarded to it",
		[DOTQMAIL_MAILDIR] = "delivered into it",
		[DOTQMAIL_MBOX] = "appended to it",
		[DOTQMAIL_PROGRAM] = "piped to it; its exit code decides",
	};
	char path[PATH_MAX + NAME_MAX];
	const char *at = place(d->r, &line, path, sizeof path);

	route_step(d->f, d->r, at, line, "%s %.*s: %s", dotqmail_word(l->kind), (int)l->n, l->value,
	           *why != '\0' ? why : does[l->kind]);
}

/* In the words of qmail-local's report. */
static int succeed(struct delivery *d)
{
	enum route_outcome outcome = d->files + d->programs > 0 ? ROUTE_DELIVERED
	                             : d->forwards > 0          ? ROUTE_FORWARDED
	                                                        : ROUTE_DISCARDED;

	return route_end(d->r, outcome, "did %zu+%zu+%zu", d->files, d->forwards, d->programs);
}

/* 99 ends it well, and what stands below is not done. */
static int end_by_exit(struct delivery *d, int code)
{
	enum route_outcome outcome = exit_outcome(code);

	if (code == 99)
		return succeed(d);
	return outcome == ROUTE_UNDECIDED ? 0 : route_end(d->r, outcome, "its program exits %d", code);
}

static int do_one(struct delivery *d, const struct dotqmail_line *l, size_t line)
{
	struct buf why = BUF(CONTROL_MAX);
	int e = check(d, l, &why), code;

	if (e >= 0)
		explain(d, l, line, buf_text(&why));
	if (e == 0)
		count(d, l->kind);
	if (e == 0 && l->kind == DOTQMAIL_FORWARD && l->n > 0 && memchr(l->value, '\0', l->n) == NULL) {
		buf_add(&d->r->forwards, l->value, l->n);
		buf_char(&d->r->forwards, '\0');
	}
	if (e == 1)
		route_end(d->r, ROUTE_DEFERRED, "%s", buf_text(&why));
	if (e == 0 && exits(l, &code))
		end_by_exit(d, code);
	buf_free(&why);
	return e < 0 ? -1 : 0;
}

static void stop(struct delivery *d, const struct dotqmail_run *run)
{
	char path[PATH_MAX + NAME_MAX];
	size_t line = run->line;
	const char *at = place(d->r, &line, path, sizeof path);

	route_step(d->f, d->r, at, line, "%s", run->why);
	route_end(d->r, ROUTE_DEFERRED, "%s", run->why);
}

int route_deliver(struct route_files *f, struct route *r, const struct as_user *v, const struct as_user_at *home)
{
	struct dotqmail_run run = {.text = buf_text(&r->text), .n = r->text.len, .forward_only = r->forward_only};
	struct delivery d = {.f = f, .r = r, .v = v, .home = home};
	struct dotqmail_line line;
	int e = 0;

	while (e == 0 && r->outcome == ROUTE_UNDECIDED && dotqmail_obey(&run, &line))
		e = do_one(&d, &line, run.line);
	if (e < 0)
		return -1;
	if (r->outcome == ROUTE_UNDECIDED && run.why != NULL)
		stop(&d, &run);
	return r->outcome == ROUTE_UNDECIDED ? succeed(&d) : 0;
}
