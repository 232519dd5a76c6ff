/* logins - users/qv-passwd: who may log in, and the cdb that qv-auth reads. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "box/logins_line.h"
#include "check/internal.h"
#include "lib/fs.h"
#include "lib/join.h"

void check_secret(struct check *c, const char *path, const char *what)
{
	struct stat st;

	if (fs_stat(c->ctx, path, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_uid == 0 && (st.st_mode & 077) == 0))
		return;
	check_found(c, &(struct finding){CHECK_ERROR, "not-secret", path, 0, NULL},
	            "users other than root may read it: they can guess passwords from its hashes, and then %s", what);
	plan_give(&c->change.owners, path, &(struct owner){0600, 0, 0});
}

/* Was the mailbox given its name? A Maildir outside of POP is only called after its directory. */
static bool is_named(const struct logins_line *line)
{
	static const char pop[] = "/POP/";
	size_t n = strlen(pop) + line->box.n;

	return line->dir.n > n && memcmp(line->dir.p + line->dir.n - n, pop, strlen(pop)) == 0;
}

/* The line before this one that has a mailbox of the same name, or 0. */
static size_t find_same(const struct lines *l, size_t i, const struct logins_line *line)
{
	struct logins_line other;
	char box[NAME_MAX + 1];
	const char *p;
	size_t n, at;

	join_part(box, sizeof box, line->box.p, line->box.n);
	for (at = lines_find(l, LINES_MAP, box, 0); at < i; at = lines_find(l, LINES_MAP, box, at + 1)) {
		p = lines_at(l, at, &n);
		if (logins_line(p, n, &other) == LOGINS_BOX && (is_named(line) || is_named(&other)))
			return at + 1;
	}
	return 0;
}

static void check_box(struct check *c, const struct lines *l, size_t i, const struct logins_line *line)
{
	size_t same = find_same(l, i, line);
	char dir[PATH_MAX];
	struct stat st;

	join_part(dir, sizeof dir, line->dir.p, line->dir.n);
	if (!c->homes_missing && c->missing.len == 0 && fs_stat(c->ctx, dir, &st) == 1 &&
	    !check_is_lost(c, dir))
		check_found(c, &(struct finding){CHECK_WARNING, "no-box", QVPASSWD, i + 1,
		                              check_delete(c, QVPASSWD, i + 1, line->box.p, line->box.n)},
		            "%s does not exist: nobody can log in there and read mail", dir);
	if (same > 0)
		check_found(c, &(struct finding){CHECK_WARNING, "same-name", QVPASSWD, i + 1, check_edit(c, QVPASSWD, i + 1)},
		            "%.*s is in line %zu too: nobody can log in by this name, only by an address", (int)line->box.n, line->box.p, same);
}

static bool check_lines(struct check *c, const struct lines *l)
{
	struct logins_line line;
	bool good = true;
	const char *p;
	size_t n;

	for (size_t i = 0; i < l->n; i++) {
		p = lines_at(l, i, &n);
		switch (logins_line(p, n, &line)) {
		case LOGINS_BOX:
			check_box(c, l, i, &line);
			break;
		case LOGINS_BAD:
			check_found(c, &(struct finding){CHECK_ERROR, "bad-line", QVPASSWD, i + 1, check_edit(c, QVPASSWD, i + 1)},
			            "is not BOX:HASH:DIRECTORY: the cdb cannot be made, and changed passwords have no effect");
			good = false;
			break;
		case LOGINS_NOTHING:
			break;
		}
	}
	return good;
}

static void check_cdb(struct check *c, const struct lines *l)
{
	struct buf text = BUF(CONTROL_MAX);
	int fd = memfd_create("cdb", MFD_CLOEXEC);
	struct stat st;

	lines_render(l, &text);
	if (buf_failed(&text))
		err_temp(&c->ctx->err, "out of memory");
	if (fd < 0 || buf_failed(&text) || logins_digest(c->ctx, QVPASSWD, buf_text(&text), text.len, fd) < 0) {
		check_unreadable(c, QVPASSWD);
	} else if (fs_stat(c->ctx, LOGINS_CDB, &st) == 0 && !S_ISREG(st.st_mode)) {
		err_perm(&c->ctx->err, "is not a regular file");
		check_unreadable(c, LOGINS_CDB);
	} else if (!check_is_same(c, LOGINS_CDB, fd)) {
		check_found(c, &(struct finding){CHECK_ERROR, "cdb-stale", LOGINS_CDB, 0, NULL},
		            "was not made from the current " QVPASSWD ": the old passwords are in effect, or nobody can log in and read mail");
		plan_cdb(&c->change.files, LOGINS_CDB, &(struct owner){0600, (uid_t)-1, (gid_t)-1}, QVPASSWD, logins_digest,
		         &text);
	}
	if (fd >= 0)
		close(fd);
	buf_free(&text);
}

void check_logins(struct check *c)
{
	struct logins t;
	struct stat st;

	if (fs_stat(c->ctx, QVPASSWD, &st) != 0)
		return;
	if (geteuid() == 0) {
		check_secret(c, QVPASSWD, "read the mail");
		check_secret(c, LOGINS_CDB, "read the mail");
	}
	if (logins_load(c->ctx, &t) < 0)
		check_unreadable(c, QVPASSWD);
	else if (check_lines(c, &t.lines))
		check_cdb(c, &t.lines);
	logins_free(&t);
}
