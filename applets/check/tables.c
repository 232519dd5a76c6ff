/* tables - users/assign and morercpthosts, and the cdbs that are made from them. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check/internal.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/assign.h"
#include "qmail/assign_lint.h"
#include "qmail/morercpthosts.h"
#include "qmail/names.h"

static void check_double(struct check *c, const struct lines *l, size_t i)
{
	const char *key;
	char text[512];
	size_t n, first;

	if (!lines_key(l, LINES_ASSIGN, i, &key, &n) || n >= sizeof text)
		return;
	join_part(text, sizeof text, key, n);
	first = lines_find(l, LINES_ASSIGN, text, 0);
	if (first < i)
		check_found(c,
		            &(struct finding){CHECK_ERROR, "double", QMAIL_ASSIGN, i + 1, check_delete(c, QMAIL_ASSIGN, i + 1, key, n)},
		            "%s is already in line %zu, which takes precedence: this line has no effect, and mail is delivered by the other",
		            text, first + 1);
}

/* Note the id that a line without effect was meant for: that of " +example.com-:..." is example.com. */
static void note_dead(struct check *c, const char *p, size_t n)
{
	char id[NAME_DOMAIN_MAX + 2] = "";
	size_t k = 0;

	while (n > 0 && strchr(" \t.#+=", *p) != NULL && *p != '\0') {
		p++;
		n--;
	}
	for (; k < n && k + 1 < sizeof id && p[k] != ':'; k++)
		id[k] = name_fold(p[k]);
	while (k > 0 && id[k - 1] == '-')
		k--;
	id[k] = '\0';
	check_note(&c->dead_ids, id);
}

static void note_line(struct check *c, size_t i)
{
	size_t n;
	const char *p = lines_at(&c->change.routing.file[ROUTING_ASSIGN].lines, i, &n);

	note_dead(c, p, n);
}

static void check_bad(struct check *c, size_t i, const char *why)
{
	check_found(c, &(struct finding){CHECK_ERROR, "bad-line", QMAIL_ASSIGN, i + 1, check_edit(c, QMAIL_ASSIGN, i + 1)},
	            "%s: qv-newu refuses the table, and changes to it have no effect on mail", why);
	note_line(c, i);
}

/* All lines after the dot, and the dot's own line, which may be meant as an entry. */
static void behind_end(struct check *c, struct assign_lint *lint, size_t end)
{
	const struct lines *l = &c->change.routing.file[ROUTING_ASSIGN].lines;
	struct feed_line line = {.ended = true};

	for (size_t i = end; i < l->n; i++) {
		line.number = i + 1;
		line.p = lines_at(l, i, &line.n);
		if (i == end)
			assign_lint_end(lint, &line);
		else
			assign_lint_behind(lint, &line);
		note_dead(c, line.p, line.n);
	}
}

/* True: something was found. */
static bool say_lint(struct check *c, const struct assign_lint *lint)
{
	size_t i, last = 0;
	const char *why;

	for (size_t at = 0; assign_lint_next(lint, &at, &i, &why); last = i) {
		if (i == last) /* one line, one finding */
			continue;
		check_found(c, &(struct finding){CHECK_ERROR, "dead-line", QMAIL_ASSIGN, i, check_edit(c, QMAIL_ASSIGN, i)},
		            "%s: its mail is handed to user alias, and bounces", why);
		note_line(c, i - 1);
	}
	return last > 0;
}

/* True if a cdb can be made from the table, and would do what the table is meant to do. */
static bool check_lines(struct check *c)
{
	struct lines *l = &c->change.routing.file[ROUTING_ASSIGN].lines;
	struct assign_lint lint = {0};
	struct assign_line entry;
	enum assign_kind kind = ASSIGN_ENTRY;
	bool bad = false;
	const char *why, *p;
	size_t i, n;

	for (i = 0; i < l->n; i++) {
		p = lines_at(l, i, &n);
		kind = assign_parse(p, n, true, &entry, &why);
		if (kind == ASSIGN_END)
			break;
		if (kind == ASSIGN_ENTRY) {
			assign_lint_entry(&lint, i + 1, &entry);
			check_double(c, l, i);
			continue;
		}
		check_bad(c, i, why);
		bad = true;
	}
	behind_end(c, &lint, i);
	bad |= say_lint(c, &lint);
	if (l->n == 0 && !check_is_empty(&c->change.routing.file[ROUTING_VIRTUALDOMAINS].lines))
		return false; /* routes.c reports that it is empty, which is worse than how it ends */
	if (kind != ASSIGN_END && !bad) {
		c->table_open = true;
		lines_insert(l, l->n, ".");
	}
	return !bad;
}

/* Without entries the file needs no cdb. */
static bool says_nothing(const struct routing_file *f)
{
	const char *p;
	size_t n;

	for (size_t i = 0; i < f->lines.n; i++) {
		p = lines_at(&f->lines, i, &n);
		if (n > 0 && *p != '.' && *p != '#')
			return false;
	}
	return true;
}

/* A cdb made from the current text. -1: unable to; reported. */
static int digest_now(struct check *c, const struct routing_file *f, digest_text *digest, const struct buf *text)
{
	int fd = memfd_create("cdb", MFD_CLOEXEC);

	if (fd >= 0 && digest(c->ctx, f->path, buf_text(text), text->len, fd) == 0)
		return fd;
	check_unreadable(c, f->path);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* NULL: --fix makes the cdb; or the command, where the cdb may be right and the text wrong. */
static const char *mend_by_hand(struct check *c, enum routing_name name, bool there)
{
	if (!c->change.routing.file[name].seen.there)
		return check_edit(c, c->change.routing.file[name].path, 1);
	if (name == ROUTING_ASSIGN && there && c->table_doubted)
		return check_command(c, "qv-newu", check_root, " # when users/assign says what it should", CHECK_END);
	return NULL;
}

/* Was the text edited without making the cdb again? Contents are compared: times mean nothing in a copied tree. */
static void check_cdb(struct check *c, enum routing_name name, const char *cdb, digest_text *digest, const char *loss)
{
	const struct routing_file *f = &c->change.routing.file[name];
	struct buf text = BUF(CONTROL_MAX);
	struct stat st;
	int there = fs_stat(c->ctx, cdb, &st), fd;
	const char *mend;

	if (f->lines.changed || (there != 0 && says_nothing(f)) ||
	    (there == 0 && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)))
		return; /* it will be built anyway, or is not needed, or what has its name was reported */
	lines_render(&f->lines, &text);
	if (buf_failed(&text)) { /* of an empty text it would be another cdb */
		err_temp(&c->ctx->err, "out of memory");
		check_unreadable(c, f->path);
		return;
	}
	fd = digest_now(c, f, digest, &text);
	if (fd >= 0 && !(there == 0 && check_is_same(c, cdb, fd))) {
		mend = there == 0 && S_ISLNK(st.st_mode)
		           ? check_command(c, "cp ", cdb, " ", cdb, ".new && mv ", cdb, ".new ", cdb,
		                           name == ROUTING_ASSIGN ? " && qv-newu" : " && qv-newmrh", check_root, CHECK_END)
		           : mend_by_hand(c, name, there == 0);
		check_found(c, &(struct finding){CHECK_ERROR, "cdb-stale", cdb, 0, mend}, "%s %s: %s",
		            there == 0 ? "was not made from the current" : "is missing, and should be made from", f->path,
		            loss);
		if (mend == NULL)
			plan_cdb(&c->change.files, cdb, &(struct owner){0644, (uid_t)-1, (gid_t)-1}, f->path, digest, &text);
	}
	if (fd >= 0)
		close(fd);
	buf_free(&text);
}

void check_tables(struct check *c)
{
	check_way(c, &(struct as_user){.ctx = c->ctx}, QMAIL_CDB);
	c->table_bad = !check_lines(c);
}

/* The final dot tells a whole table from one that was cut off. */
static void check_dot(struct check *c)
{
	struct lines *l = &c->change.routing.file[ROUTING_ASSIGN].lines;

	if (!c->table_open)
		return;
	check_found(c,
	            &(struct finding){CHECK_ERROR, "no-end", QMAIL_ASSIGN, l->n > 1 ? l->n - 1 : 1,
	                              c->table_doubted ? check_edit(c, QMAIL_ASSIGN, l->n) : NULL},
	            "the final line with a single dot is missing: qv-newu refuses the table, and changes to it have no effect on mail");
	if (!c->table_doubted)
		return;
	lines_remove(l, l->n - 1);
	l->changed = false;
	c->table_bad = true;
}

void check_cdbs(struct check *c)
{
	struct stat st;
	bool other = fs_stat(c->ctx, QMAIL_ASSIGN_CDB, &st) == 0;

	c->ctx->err = (struct err){0};
	if (other)
		check_found(c, &(struct finding){CHECK_ERROR, "assign-cdb", QMAIL_ASSIGN_CDB, 0, ""},
		            "s/qmail reads it instead of users/cdb, which qvmail builds: mail for a domain that is added here bounces");
	check_dot(c);
	if (!c->table_bad && !other)
		check_cdb(c, ROUTING_ASSIGN, QMAIL_CDB, assign_digest,
		          "changes to the text have no effect, and mail is delivered as before, or bounces");
	check_cdb(c, ROUTING_MORERCPTHOSTS, QMAIL_CONTROL "morercpthosts.cdb", morercpthosts_digest,
	          "changes to the text have no effect, and mail is accepted or refused as before");
}
