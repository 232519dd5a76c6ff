/*
 * cdb - damaged cdb files under those who read them: users/cdb, users/qv-passwd.cdb, the index of virtualdomains.
 *
 * An input is lines: +KEY>DATA puts a record in (~ stands for a NUL), !OFFSET VALUE damages a byte of the file, -N cuts off N
 * bytes, ?KEY asks. Nobody reads beside it, memory and file give the same answer, and undamaged it has what was put in.
 */
#include "fuzz.h"
#include "qmail/cdbfile.h"
#include "qmail/cdbwalk.h"
#include "qmail/lookup.h"
#include "qmail/virtualdomains.h"

enum { CDB_MAX = 100000 };

static char bytes[CDB_MAX];
static size_t cdb_size;
static bool damaged;

static void untilde(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = p[i] == '~' ? '\0' : p[i];
}

static void put(struct cdbfile *c, char *p, size_t n)
{
	const char *end = memchr(p, '>', n);
	size_t key = end != NULL ? (size_t)(end - p) : n;

	untilde(p, n);
	check(cdbfile_add(c, p, key, p + key + (end != NULL), n - key - (end != NULL)) == 0, "a record is not taken");
}

/* Each line with this sign in front. */
static void each(const struct part *in, char sign, void (*see)(struct cdbfile *c, char *p, size_t n), struct cdbfile *c)
{
	for (char *p = in->p, *end = in->p + in->n, *lf; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		if (*p == sign)
			see(c, p + 1, (size_t)(lf - p - 1));
	}
}

static void make(const struct part *in)
{
	int fd = memory_file();
	struct cdbfile *c = cdbfile_start(fd);
	struct part made;

	each(in, '+', put, c);
	check(cdbfile_finish(c) == 0, "the cdb is not finished");
	made = memory_take(fd);
	cdb_size = made.n < CDB_MAX ? made.n : 0;
	memcpy(bytes, made.p, cdb_size);
	free(made.p);
}

static void damage(struct cdbfile *c, char *p, size_t n)
{
	char *text = string_of(p, n), *behind;
	unsigned long at = strtoul(text, &behind, 0);

	(void)c;
	if (cdb_size > 0) {
		damaged |= bytes[at % cdb_size] != (char)atoi(behind);
		bytes[at % cdb_size] = (char)atoi(behind);
	}
	free(text);
}

static void cut(struct cdbfile *c, char *p, size_t n)
{
	char *text = string_of(p, n);
	size_t less = strtoul(text, NULL, 0);

	(void)c;
	less = less < cdb_size ? less : cdb_size;
	damaged |= less > 0;
	cdb_size -= less;
	free(text);
}

static struct cdbfile_view view; /* in memory */
static int file;                 /* the same as a file */

static void ask(struct cdbfile *c, char *p, size_t n)
{
	struct cdbfile_view as_file = {.fd = file};
	struct buf there = BUF(FUZZ_TEXT), here = BUF(FUZZ_TEXT);
	struct lookup found;
	char *local, copy[300];
	int r, s;

	(void)c;
	untilde(p, n);
	r = cdbfile_ask(&view, p, n, &here);
	s = cdbfile_ask(&as_file, p, n, &there);
	check(damaged || (r == s && here.len == there.len && memcmp(buf_text(&here), buf_text(&there), here.len) == 0),
	      "memory and file differ");
	cdbfile_find(file, p, n, copy, sizeof copy);
	buf_free(&here);
	buf_free(&there);
	local = string_of(p, n);
	if (lookup_cdb(&view, local, &found) == 0)
		check(strlen(found.user) + strlen(found.home) + strlen(found.dash) <= found.data.len, "fields from elsewhere");
	lookup_free(&found);
	there = BUF(FUZZ_TEXT);
	virtualdomains_find(&view, cdb_size, p, n, &there);
	buf_free(&there);
	free(local);
}

/* A walk sees records, and of an undamaged cdb each can be asked for. */
static void walk(void)
{
	struct buf data = BUF(FUZZ_TEXT);
	struct cdbwalk w;

	check(cdbwalk_begin(&w, view.p, view.n) == 0 || damaged, "a good cdb is called bad");
	while (cdbwalk_next(&w)) {
		check_within(view.p, view.n, w.key, w.keylen, "a key from elsewhere");
		check_within(view.p, view.n, w.data, w.datalen, "data from elsewhere");
		data.len = 0;
		check(cdbfile_ask(&view, w.key, w.keylen, &data) == 0 || damaged, "a record that cannot be found");
	}
	check(!w.bad || damaged, "a good cdb is called bad at its end");
	buf_free(&data);
}

static void text(struct part in)
{
	damaged = false;
	make(&in);
	each(&in, '!', damage, NULL);
	each(&in, '-', cut, NULL);
	file = memory_file();
	check(write(file, bytes, cdb_size) == (ssize_t)cdb_size, "the file cannot be written");
	view = (struct cdbfile_view){.fd = -1, .p = guarded(bytes, cdb_size), .n = cdb_size};
	walk();
	each(&in, '?', ask, NULL);
	close(file);
}

/* The bytes of any file; asked for what users/cdb is asked for. */
static void raw(struct part in)
{
	char question[] = "?joe-x\n?\n?~\n?x@a.b.c\n?!+~";
	struct part asked = {question, sizeof question - 1};

	damaged = true;
	cdb_size = in.n < CDB_MAX ? in.n : 0;
	file = memory_file();
	check(write(file, in.p, cdb_size) == (ssize_t)cdb_size, "the file cannot be written");
	view = (struct cdbfile_view){.fd = -1, .p = guarded(in.p, cdb_size), .n = cdb_size};
	walk();
	each(&asked, '?', ask, NULL);
	close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct parser parsers[] = {{'t', text}, {'r', raw}};

	return fuzz_choose(parsers, sizeof parsers / sizeof *parsers, data, size);
}
