/* tables - users/assign and morercpthosts, and the cdbs that are made of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check/check.h"
#include "lib/fs.h"
#include "qmail/assign.h"
#include "qmail/assign_lint.h"
#include "qmail/morercpthosts.h"

static void check_double(struct check *c, const struct lines *l, size_t i)
{
	const char *key;
	char text[512];
	size_t n, first;

	if (!lines_key(l, LINES_ASSIGN, i, &key, &n) || n >= sizeof text)
		return;
	snprintf(text, sizeof text, "%.*s", (int)n, key);
	first = lines_find(l, LINES_ASSIGN, text, 0);
	if (first < i)
		check_found(c, &(struct finding){CHECK_ERROR, "double", QMAIL_ASSIGN, i + 1, "delete one of the two lines"},
		            "%s stands in line %zu already, which counts: this line does nothing", text, first + 1);
}

static void check_entry(struct check *c, size_t i, const struct assign_line *l)
{
	char uid[32];

	snprintf(uid, sizeof uid, "%.*s", l->uid.n < sizeof uid ? (int)l->uid.n : 0, l->uid.p);
	if (strtoul(uid, NULL, 10) == 0)
		check_found(c, &(struct finding){CHECK_ERROR, "root", QMAIL_ASSIGN, i + 1, "name another uid"},
		            "uid 0: qmail delivers nothing as root, and this mail waits");
}

static void check_end(struct check *c, struct lines *l)
{
	check_found(c, &(struct finding){CHECK_ERROR, "no-end", QMAIL_ASSIGN, l->n > 0 ? l->n : 1, NULL},
	            "the last line is no dot: qv-newu refuses the table, and no change of it reaches the mail");
	if (c->fix)
		lines_insert(l, l->n, ".");
}

/* True when the table can be made a cdb of. */
static bool check_lines(struct check *c)
{
	struct lines *l = &c->change.routing.file[ROUTING_ASSIGN].lines;
	struct assign_lint lint = {0};
	struct feed_line behind = {0};
	struct assign_line entry;
	bool bad = false;
	const char *why;
	size_t i;

	for (i = 0; i < l->n; i++) {
		struct feed_line line = {.number = i + 1, .ended = true};

		line.p = lines_at(l, i, &line.n);
		switch (assign_parse(line.p, line.n, true, &entry, &why)) {
		case ASSIGN_ENTRY:
			assign_lint_entry(&lint, i + 1, &entry);
			check_double(c, l, i);
			check_entry(c, i, &entry);
			continue;
		case ASSIGN_BAD:
			check_found(c, &(struct finding){CHECK_ERROR, "bad-line", QMAIL_ASSIGN, i + 1, "mend the line, then qv-newu"},
			            "%s: qv-newu refuses the table, and no change of it reaches the mail", why);
			bad = true;
			continue;
		case ASSIGN_END:
			assign_lint_end(&lint, &line);
			break;
		}
		break;
	}
	if (i == l->n && !bad) {
		check_end(c, l);
		bad = !c->fix;
	}
	for (i++; i < l->n; i++) {
		behind.number = i + 1;
		behind.p = lines_at(l, i, &behind.n);
		assign_lint_behind(&lint, &behind);
	}
	for (size_t at = 0; assign_lint_next(&lint, &at, &i, &why);)
		check_found(c, &(struct finding){CHECK_ERROR, "dead-line", QMAIL_ASSIGN, i, "mend the line, then qv-newu"}, "%s", why);
	return !bad;
}

static bool is_same(struct ctx *ctx, const char *path, int fd)
{
	struct buf now = BUF(CONTROL_MAX);
	off_t n = lseek(fd, 0, SEEK_END);
	char *want = n > 0 ? mmap(NULL, (size_t)n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	bool same = fs_slurp(ctx, path, &now, NULL) == 0 && want != MAP_FAILED && now.len == (size_t)n &&
		    memcmp(now.p, want, now.len) == 0;

	if (want != MAP_FAILED)
		munmap(want, (size_t)n);
	buf_free(&now);
	return same;
}

/* Whoever edits the text and forgets the compiler. Compared by what is in it: a copied tree has any times. */
static void check_cdb(struct check *c, enum routing_name name, const char *cdb, plan_digest *digest, const char *loss)
{
	const struct routing_file *f = &c->change.routing.file[name];
	struct buf text = BUF(CONTROL_MAX);
	int fd = memfd_create("cdb", MFD_CLOEXEC);
	struct stat st;
	int there = fs_stat(c->ctx, cdb, &st);

	lines_render(&f->lines, &text);
	if (f->lines.changed || (!f->seen.there && there != 0))
		goto out; /* it will be built anyway, or there is none and need not be */
	if (fd < 0 || digest(c->ctx, f->path, buf_text(&text), text.len, fd) < 0) {
		check_unreadable(c, f->path);
		goto out;
	}
	if (there == 0 && is_same(c->ctx, cdb, fd))
		goto out;
	check_found(c, &(struct finding){CHECK_ERROR, "cdb-stale", cdb, 0, NULL}, "%s %s: %s",
	            there == 0 ? "was not made of what stands now in" : "is missing, it belongs to", f->path, loss);
	plan_cdb(&c->change.trees, cdb, &(struct owner){0644, (uid_t)-1, (gid_t)-1}, f->path, digest, &text);
out:
	if (fd >= 0)
		close(fd);
	buf_free(&text);
}

void check_tables(struct check *c)
{
	if (check_lines(c))
		check_cdb(c, ROUTING_ASSIGN, QMAIL_CDB, assign_digest, "mail goes where the table said before");
	check_cdb(c, ROUTING_MORERCPTHOSTS, QMAIL_CONTROL "morercpthosts.cdb", morercpthosts_digest,
	          "mail is accepted as the list said before");
}
