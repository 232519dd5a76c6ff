/* finding - adds findings to the report; questions that several checks ask about a path or a file. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check/internal.h"
#include "lib/fs.h"
#include "lib/json.h"
#include "lib/printable.h"
#include "lib/userns.h"

static const char *const words[] = {[CHECK_WARNING] = "warning", [CHECK_ERROR] = "error"};

static void put_line(struct check *c, const struct finding *f, const char *text, const char *mend)
{
	size_t from = c->report.len;

	buf_printf(&c->report, "%s: %s%s", words[f->severity], c->ctx->root, f->path);
	if (f->line > 0)
		buf_printf(&c->report, ":%zu", f->line);
	buf_printf(&c->report, ": %s", text);
	if (f->mend == NULL && c->fix && !c->ctx->dry_run)
		buf_str(&c->report, "; mended");
	else if (*mend != '\0')
		buf_printf(&c->report, "; mend: %s", mend);
	if (!buf_failed(&c->report))
		printable(c->report.p + from);
	buf_char(&c->report, '\n');
}

static void put_json(struct check *c, const struct finding *f, const char *text, const char *mend)
{
	struct buf *b = &c->report;

	json_open(b, '{');
	json_put_string(b, "severity", words[f->severity]);
	json_put_string(b, "name", f->name);
	json_put_string(b, "file", f->path);
	json_put_number_or_null(b, "line", f->line > 0, (intmax_t)f->line);
	json_put_string(b, "text", text);
	json_put_string(b, "mend", *mend != '\0' ? mend : NULL);
	json_put_bool(b, "fixable", f->mend == NULL);
	json_close(b, '}');
}

/* After such an error it is not certain what a cdb made from users/assign would do to mail. */
static bool is_about_table(const struct finding *f)
{
	return strcmp(f->path, QMAIL_ASSIGN) == 0 || strcmp(f->name, "no-assign") == 0;
}

void check_found(struct check *c, const struct finding *f, const char *fmt, ...)
{
	const char *mend = f->mend != NULL ? f->mend : check_command(c, "qv-check --fix", check_root, CHECK_END);
	char text[1200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	printable(text);
	c->found++;
	c->errors += f->severity == CHECK_ERROR;
	c->open += f->mend != NULL || !c->fix;
	c->table_doubted |= f->severity == CHECK_ERROR && f->mend != NULL && is_about_table(f);
	c->locals_doubted |= strcmp(f->path, QMAIL_CONTROL "locals") == 0;
	if (c->ctx->json)
		put_json(c, f, text, mend);
	else
		put_line(c, f, text, mend);
}

void check_unseen(struct check *c, const char *path, const char *why)
{
	if (check_noted(&c->unseen, path))
		return;
	check_note(&c->unseen, path);
	check_found(c, &(struct finding){CHECK_WARNING, "not-seen", path, 0, ""}, "%s, so it was not checked%s", why,
	            geteuid() != 0 ? "; run qv-check as root" : "");
}

enum place {
	PLACE_TAKEN, /* something else has its name: a file instead of a directory, or a broken link */
	PLACE_LINK,  /* a link that qmail follows, but qvmail does not */
	PLACE_GOOD,
};

static enum place look_at_place(struct check *c, const char *path, int why)
{
	const struct as_user root = {.ctx = c->ctx};
	struct as_user_at at;
	struct stat st;
	int e;

	if (fs_stat(c->ctx, path, &st) != 0)
		return PLACE_GOOD;
	if (S_ISLNK(st.st_mode)) {
		e = as_user_walk(&root, NULL, path, &at);
		as_user_end(&at);
		return e == ENOENT ? PLACE_TAKEN : PLACE_LINK;
	}
	if (S_ISDIR(st.st_mode))
		return why == 0 || why == EISDIR ? PLACE_TAKEN : PLACE_GOOD;
	return S_ISREG(st.st_mode) && why != ENOTDIR ? PLACE_GOOD : PLACE_TAKEN;
}

void check_unreadable(struct check *c, const char *path)
{
	struct err why = c->ctx->err;
	enum place place = look_at_place(c, path, why.sys);

	if (why.sys == EACCES || why.sys == EPERM || err_starves(why.sys) || (why.sys == ELOOP && place == PLACE_LINK))
		check_unseen(c, path, why.text);
	else
		check_found(c,
		            &(struct finding){CHECK_ERROR, "unreadable", path, 0,
		                              place != PLACE_GOOD
		                                  ? check_command(c, "mv -n ", path, " ", path, ".old", CHECK_END)
		                                  : check_command(c, "ls -ld ", path, CHECK_END)},
		            "%s: qmail cannot use it either, and mail waits, bounces or is delivered without it", why.text);
	c->ctx->err = (struct err){0};
}

bool check_knows(struct check *c, const char *path, const struct stat *st)
{
	if (!c->ids_missing || !userns_hides_owner(st))
		return true;
	check_unseen(c, path, "its owner has no id in this user namespace");
	return false;
}

/* A path with "/.." may lead out of dir again. */
bool check_is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/' && strstr(path, "/..") == NULL;
}

bool check_is_ours(const struct check *c, const char *path)
{
	return check_is_below(path, c->change.conf.popmail) || check_is_below(path, c->change.conf.serialmail);
}

bool check_is_same(struct check *c, const char *path, int fd)
{
	const struct as_user root = {.ctx = c->ctx};
	struct buf now = BUF(CONTROL_MAX);
	off_t n = lseek(fd, 0, SEEK_END);
	char *want = n > 0 ? mmap(NULL, (size_t)n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	int e = want != MAP_FAILED ? as_user_slurp(&root, NULL, path, &now, NULL) : EINVAL;
	bool same = e == 0 && now.len == (size_t)n && memcmp(now.p, want, now.len) == 0;

	if (want != MAP_FAILED)
		munmap(want, (size_t)n);
	buf_free(&now);
	if (e < 0)
		check_unreadable(c, path);
	return same || e < 0;
}

bool check_is_empty(const struct lines *l)
{
	const char *p;
	size_t n;

	for (size_t i = 0; i < l->n; i++)
		if (lines_key(l, LINES_LIST, i, &p, &n))
			return false;
	return true;
}

struct as_user check_popusr(const struct check *c)
{
	return (struct as_user){.ctx = c->ctx, .uid = c->change.conf.uid, .gid = c->change.conf.gid};
}
