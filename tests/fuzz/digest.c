/*
 * digest - texts that become a cdb, and who asks it: users/assign, morercpthosts, users/qv-passwd, virtualdomains.
 *
 * Whatever the text, the cdb is whole, a file and a text give the same, and it answers as a reader of the text does.
 */
#include "box/logins.h"
#include "box/logins_line.h"
#include "fuzz.h"
#include "qmail/assign.h"
#include "qmail/assign_lint.h"
#include "qmail/cdbwalk.h"
#include "qmail/lookup.h"
#include "qmail/morercpthosts.h"
#include "qmail/names.h"
#include "qmail/rewrite.h"
#include "qmail/sift.h"
#include "qmail/virtualdomains.h"

static struct ctx ctx = {.applet = "fuzz", .root = ""};

/* The cdb of a text, in memory; p NULL: the text is refused, with a line. */
static struct part made_by(digest_text *digest, const struct part *text)
{
	int fd = memory_file();
	struct cdbwalk w;
	struct part cdb;

	ctx.err = (struct err){0};
	if (digest(&ctx, "text", text->p, text->n, fd) < 0) {
		check(ctx.err.code == EXIT_PERM && strncmp(ctx.err.text, "text:", 5) == 0, "refused without saying where");
		close(fd);
		return (struct part){0};
	}
	cdb = memory_take(fd);
	check(cdbwalk_begin(&w, cdb.p, cdb.n) == 0, "what was made is no cdb");
	while (cdbwalk_next(&w))
		;
	check(!w.bad, "what was made is no cdb at its end");
	return cdb;
}

static struct cdbfile_view view_of(const struct part *cdb)
{
	return (struct cdbfile_view){.fd = -1, .p = cdb->p, .n = cdb->n};
}

static void same_from_file(const struct part *text, const struct part *cdb, int (*digest)(int from, int to))
{
	int from = memory_file(), to = memory_file();
	struct part again;
	int r;

	check(write(from, text->p, text->n) == (ssize_t)text->n && lseek(from, 0, SEEK_SET) == 0, "the text cannot be written");
	r = digest(from, to);
	close(from);
	again = memory_take(to);
	check((r == 0) == (cdb->p != NULL), "a file and a text differ");
	if (cdb->p != NULL)
		check(again.n == cdb->n && memcmp(again.p, cdb->p, cdb->n) == 0, "a file and a text give different bytes");
	free(again.p);
}

static struct assign_lint lint;

static int assign_of_file(int from, int to)
{
	return assign_digest_fd(&ctx, "text", from, to, &lint);
}

static int mrh_of_file(int from, int to)
{
	return morercpthosts_digest_fd(&ctx, "text", from, to);
}

/* Mail for the name of this line, and for more behind it, is found by the first line with that name. */
static void look_up(const struct part *text, const struct part *cdb, const struct assign_line *l)
{
	struct cdbfile_view view = view_of(cdb);
	char *local = string_of(l->local.p, l->local.n);
	struct lookup_text assign = {.p = text->p, .n = text->n};
	struct lookup found;
	size_t line;
	int r = lookup_cdb(&view, local, &found);

	check(r == 0 || l->wildcard, "a name that is not found");
	line = r == 0 ? lookup_line(&assign, &found) : 1;
	check(line > 0, "what is found stands in no line");
	check(r != 0 || found.kind == LOOKUP_WILDCARD || found.key.len == l->local.n,
	      "another name is found");
	lookup_free(&found);
	places_free(&assign.lines);
	free(local);
}

static void assign(struct part text)
{
	struct part cdb = made_by(assign_digest, &text);
	struct assign_line l;
	const char *why;
	struct feed lines = feed_text(text.p, text.n);
	struct feed_line f;
	size_t at = 0, line, entries = 0;

	lint = (struct assign_lint){0};
	same_from_file(&text, &cdb, assign_of_file);
	while (cdb.p != NULL && entries++ < 20 && feed_next(&lines, &f) == 0 && assign_parse(f.p, f.n, f.ended, &l, &why) == ASSIGN_ENTRY)
		look_up(&text, &cdb, &l);
	while (assign_lint_next(&lint, &at, &line, &why))
		check(line > 0 && *why != '\0', "a warning without a line");
	free(cdb.p);
}

/* A host is in the cdb if qmail-smtpd would find it in the same text as rcpthosts. */
static void mrh(struct part text)
{
	struct part cdb = made_by(morercpthosts_digest, &text);
	struct cdbfile_view view = view_of(&cdb);
	struct constmap as_list = {.p = text.p, .n = text.n};
	struct constmap_entry e;
	struct buf none = BUF(100);
	struct cdbwalk w;

	check(cdb.p != NULL, "any text is good");
	same_from_file(&text, &cdb, mrh_of_file);
	cdbwalk_begin(&w, cdb.p, cdb.n);
	while (cdbwalk_next(&w)) {
		check(w.datalen == 0 && cdbfile_ask(&view, w.key, w.keylen, &none) == 0, "a host that cannot be asked for");
		check(memchr(text.p, '\0', text.n) != NULL || constmap_find(&as_list, CONSTMAP_LIST, w.key, w.keylen, &e), "a host from nowhere");
	}
	buf_free(&none);
	free(cdb.p);
}

/* Each directory has the hash of its first line; each box' name leads to no other box' directory. */
static void logins(struct part text)
{
	struct part cdb = made_by(logins_digest, &text);
	struct cdbfile_view view = view_of(&cdb);
	struct buf got = BUF(FUZZ_TEXT);
	struct logins_line l;
	size_t n;

	for (const char *p = text.p, *end = text.p + text.n; cdb.p != NULL && p < end; p += n + 1) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		n = lf != NULL ? (size_t)(lf - p) : (size_t)(end - p);
		if (logins_line(p, n, &l) != LOGINS_BOX)
			continue;
		char *dir = string_of(l.dir.p, l.dir.n);

		check(logins_line_is(&l, dir), "a directory that is not its own");
		free(dir);
		got.len = 0;
		check(cdbfile_ask(&view, l.dir.p, l.dir.n, &got) == 0, "a directory that cannot be asked for");
		check(got.len <= PWHASH_MAX + 1, "a hash that is too long for who reads it");
	}
	got.len = 0;
	check(cdb.p == NULL || cdbfile_ask(&view, "", 0, &got) == 0, "no kinds of hashes");
	check(got.len <= (size_t)LOGINS_KINDS * (PWHASH_MAX + 1), "kinds that are too long for who reads them");
	buf_free(&got);
	free(cdb.p);
}

static void rewritten(const struct constmap *virtual, const char *address, size_t n, struct buf *to)
{
	const struct rewrite_maps maps = {.envnoathost = "me.test", .virtualdomains = *virtual};
	struct buf a = BUF(FUZZ_TEXT);
	struct rewrite how;

	buf_add(&a, address, n);
	*to = BUF(FUZZ_TEXT);
	rewrite(&maps, &a, to, &how);
	buf_printf(to, " %d", how.how);
	buf_free(&a);
}

static void same_way(const struct constmap *all, const struct buf *lines, const char *address, size_t n, const char *what)
{
	struct constmap some = {.p = lines->p, .n = lines->len};
	struct buf a, b;

	rewritten(all, address, n, &a);
	rewritten(&some, address, n, &b);
	check(a.len == b.len && memcmp(a.p, b.p, a.len) == 0, what);
	buf_free(&a);
	buf_free(&b);
}

/* virtualdomains, and addresses: by the few lines that sift() or the index find, mail goes where it goes by all of them. */
static void virtual(struct part in)
{
	struct part rest = in, text = part_next(&rest), cdb = made_by(virtualdomains_digest, &text);
	struct constmap all = {.p = text.p, .n = text.n};
	struct cdbfile_view view = view_of(&cdb);
	struct buf lines = BUF(FUZZ_TEXT);

	check(cdb.p != NULL, "any text is good");
	for (int i = 0; rest.n > 0 && i < 20; i++) {
		struct part a = part_next(&rest);
		bool usable = memchr(a.p, '@', a.n) != NULL && memchr(a.p, '\n', a.n) == NULL && memchr(a.p, '\0', a.n) == NULL;

		lines.len = 0;
		if (usable) {
			sift(&all, a.p, a.n, &lines);
			same_way(&all, &lines, a.p, a.n, "sifted, mail goes elsewhere");
		}
		lines.len = 0;
		if (usable && memchr(a.p, ':', a.n) == NULL && virtualdomains_find(&view, text.n, a.p, a.n, &lines) == 0)
			same_way(&all, &lines, a.p, a.n, "by the index mail goes elsewhere");
		free(a.p);
	}
	buf_free(&lines);
	free(cdb.p);
	free(text.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct parser parsers[] = {{'a', assign}, {'m', mrh}, {'p', logins}, {'v', virtual}};

	return fuzz_choose(parsers, sizeof parsers / sizeof *parsers, data, size);
}
