/* assign - one line of users/assign, and the table as a cdb. */
#include "qmail/assign.h"

#include <stdlib.h>

#include "lib/buf.h"
#include "tap.h"

#define NAME "/var/qmail/users/assign"

struct line_case {
	const char *line;
	size_t n; /* 0: strlen */
	enum assign_kind kind;
	const char *why; /* how it begins */
	const char *promise;
};

static const struct line_case ended[] = {
	{"=a:b:c:d:e:f:g:", 0, ASSIGN_ENTRY, NULL, "seven colons make an entry"},
	{"=a:b:c:d:e:f:g:h:i", 0, ASSIGN_ENTRY, NULL, "what follows the seventh is unread"},
	{"=:::::::", 0, ASSIGN_ENTRY, NULL, "all fields may be empty"},
	{"+:::::::", 0, ASSIGN_ENTRY, NULL, "a + entry's too"},
	{"#a:b:c:d:e:f:g:", 0, ASSIGN_ENTRY, NULL, "a comment with seven colons is an entry"},
	{".", 0, ASSIGN_END, NULL, "a dot ends the table"},
	{".a:b:c:d:e:f:g:", 0, ASSIGN_END, NULL, "so does whatever begins with one"},
	{".\0x", 3, ASSIGN_END, NULL, "even with a NUL behind it"},
	{"", 0, ASSIGN_BAD, "blank line", "a blank line is wrong"},
	{"# a", 0, ASSIGN_BAD, "qmail-newu does not accept comments", "a comment is wrong"},
	{"joe", 0, ASSIGN_BAD, "no colon", "a line without a colon is wrong"},
	{":a:b:c:d:e:f:g:", 0, ASSIGN_BAD, "begins with a colon", "a colon first is wrong"},
	{"=a:", 0, ASSIGN_BAD, "0 fields", "fields are counted: none"},
	{"=a:b:", 0, ASSIGN_BAD, "1 field ", "fields are counted: one"},
	{"=a:b:c:d:e", 0, ASSIGN_BAD, "3 fields", "fields are counted: three, and one without its colon"},
	{"=a:b:c:d:e:f:g", 0, ASSIGN_BAD, "5 fields", "the last needs its colon"},
	{"=a:b:c:d:e:f:g:\0", 16, ASSIGN_BAD, "a NUL byte", "a NUL is wrong, even where nothing is read"},
	{"\0", 1, ASSIGN_BAD, "a NUL byte", "a NUL is found before the colons are counted"},
};

static const struct line_case unended[] = {
	{"", 0, ASSIGN_BAD, "the table has no end", "the end of the text is no end of the table"},
	{"=a:b:c:d:e:f:g:", 0, ASSIGN_BAD, "no newline", "an entry needs its newline"},
	{"a\0", 2, ASSIGN_BAD, "no newline", "that is said before a NUL is"},
	{".", 0, ASSIGN_END, NULL, "the final dot needs none"},
};

static void one_line(const struct line_case *c, bool terminated)
{
	struct assign_line l;
	const char *why = NULL;
	size_t n = c->n > 0 ? c->n : strlen(c->line);
	char *line = malloc(n + 1); /* exactly, so that ASan sees a step too far; malloc(0) may be NULL */

	memcpy(line + 1, c->line, n);
	is_int(assign_parse(line + 1, n, terminated, &l, &why), c->kind, "%s", c->promise);
	if (c->why != NULL && !ok(why != NULL && strncmp(why, c->why, strlen(c->why)) == 0, "and says so: %s", c->why))
		printf("#  got: %s\n", why != NULL ? why : "(null)");
	free(line);
}

static void is_field(struct assign_field f, const char *want, const char *name)
{
	ok(f.n == strlen(want) && memcmp(f.p, want, f.n) == 0, "%s is \"%s\"", name, want);
}

static void fields(void)
{
	static const char line[] = "+Ex.com-:ex1:510:51:/home/e:-:x:rest";
	struct assign_line l;
	const char *why;

	assign_parse(line, sizeof line - 1, true, &l, &why);
	ok(l.wildcard && l.sign == '+', "a + entry is a wildcard");
	is_field(l.local, "Ex.com-", "local");
	is_field(l.user, "ex1", "user");
	is_field(l.uid, "510", "uid");
	is_field(l.gid, "51", "gid");
	is_field(l.home, "/home/e", "home");
	is_field(l.dash, "-", "dash");
	is_field(l.ext, "x", "ext");
	assign_parse("#:::::::", 8, true, &l, &why);
	ok(!l.wildcard && l.sign == '#', "any other first byte is an = entry");
	is_field(l.local, "", "local");
}

/* What scan_ulong() and a uid_t of 32 bits leave of a number, on machines of 32 and of 64 bits alike. */
static const struct {
	const char *text;
	uint32_t id;
} ids[] = {
	{"510", 510},
	{"0510", 510},
	{"510x", 510},
	{"510 ", 510},
	{" 510", 0},
	{"+510", 0},
	{"-1", 0},
	{"0x1fe", 0},
	{"abc", 0},
	{"", 0},
	{"4294967294", 4294967294},
	{"4294967295", 4294967295},
	{"4294967296", 0},
	{"4294967806", 510},
	{"18446744073709551615", 4294967295},
	{"18446744073709552126", 510},
	{"99999999999999999999999999999999", 4294967295},
	{"340282366920938463463374607431768211966", 510},
};

static void numbers(void)
{
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		struct assign_field f = {ids[i].text, strlen(ids[i].text)};

		is_int(assign_id(&f), ids[i].id, "\"%s\" is %lu to qmail-lspawn", ids[i].text, (unsigned long)ids[i].id);
	}
	is_int(assign_id(&(struct assign_field){"5105", 3}), 510, "and no digit behind the field is read");
}

static char *contents(FILE *f, size_t *n)
{
	char *p;

	fseek(f, 0, SEEK_END);
	*n = (size_t)ftell(f);
	p = malloc(*n + 1);
	rewind(f);
	if (fread(p, 1, *n, f) != *n)
		*n = 0;
	p[*n] = '\0';
	return p;
}

/* As qmail lays it out: the records behind 2,048 bytes of tables' positions. */
static void records(void)
{
	static const char text[] = "=Joe:joe:1:2:/j:::\n+A-:a:3:4:/a:-:x:\n+B:b:5:6:/b:::\n+C-:c:7:8:/c:::\n.\n";
	static const char want[] = "\5\0\0\0\14\0\0\0!joe\0joe\0001\0002\0/j\0\0"
				   "\3\0\0\0\14\0\0\0!a-a\0003\0004\0/a\0-\0x"
				   "\2\0\0\0\12\0\0\0!bb\0005\0006\0/b\0\0"
				   "\3\0\0\0\12\0\0\0!c-c\0007\08\0/c\0\0"
				   "\0\0\0\0\2\0\0\0-B";
	struct ctx ctx = {.root = ""};
	FILE *f = tmpfile();
	size_t n;
	char *cdb;

	is_int(assign_digest(&ctx, NAME, text, sizeof text - 1, fileno(f)), 0, "a table is digested");
	cdb = contents(f, &n);
	ok(n > 2048 + sizeof want && memcmp(cdb + 2048, want, sizeof want - 1) == 0,
	   "names are folded, fields are not, the last record holds the + names' last bytes as written");
	is_int((intmax_t)n, 2048 + (intmax_t)sizeof want - 1 + 5 * 16, "and the file ends behind its hash tables");
	free(cdb);
	fclose(f);
}

static void error_names_line(void)
{
	static const char text[] = "=a:b:c:d:e:f:g:\n=a:b\n.\n";
	struct ctx ctx = {.root = "/r"};
	FILE *f = tmpfile();

	is_int(assign_digest(&ctx, NAME, text, sizeof text - 1, fileno(f)), -1, "a bad line fails the table");
	is_str(ctx.err.text, "/r" NAME ":2: 0 fields after the name, expected 6 (user:uid:gid:home:dash:ext:)",
	       "and is named with root, file and line");
	is_int(ctx.err.code, EXIT_PERM, "for a person to change");
	fclose(f);
	is_int(assign_digest(&ctx, NAME, "", 0, -1), -1, "no text is no table");
	is_str(ctx.err.text, "/r" NAME ":1: the table has no end; put a line with a single dot here", "it has no end");
}

static void write_errors(void)
{
	struct ctx ctx = {.root = ""};

	is_int(assign_digest(&ctx, NAME, ".\n", 2, -1), -1, "a cdb that cannot be written is an error");
	is_str(ctx.err.text, "unable to write the cdb of " NAME ": Bad file descriptor", "and said");
	is_int(assign_digest_fd(&ctx, NAME, 1 << 20, -1, NULL), -1, "a table that cannot be read is an error");
	is_str(ctx.err.text, "unable to read " NAME ": Bad file descriptor", "and said");
}

/* Entries whose ends fall on every byte around the reader's 64 KB. */
static void file_equals_memory(size_t filler)
{
	struct ctx ctx = {.root = ""};
	struct buf text = BUF(1 << 20);
	FILE *from = tmpfile(), *a = tmpfile(), *b = tmpfile();
	size_t an, bn;
	char *ap, *bp, *x;

	buf_str(&text, "=");
	x = buf_room(&text, filler);
	memset(x, 'x', filler);
	text.len += filler;
	buf_str(&text, ":b:c:d:e:f:g:\n+a-:b:c:d:e:f:g:\n=c:b:c:d:e:f:g:\n.\n");
	fwrite(text.p, 1, text.len, from);
	rewind(from);
	assign_digest(&ctx, NAME, text.p, text.len, fileno(a));
	assign_digest_fd(&ctx, NAME, fileno(from), fileno(b), NULL);
	ap = contents(a, &an);
	bp = contents(b, &bn);
	if (an != bn || an < 2048 + filler || memcmp(ap, bp, an) != 0)
		ok(false, "a name of %zu bytes gives the same from a file as from memory", filler);
	free(ap);
	free(bp);
	buf_free(&text);
	fclose(from);
	fclose(a);
	fclose(b);
}

int main(void)
{
	for (size_t i = 0; i < sizeof ended / sizeof *ended; i++)
		one_line(&ended[i], true);
	for (size_t i = 0; i < sizeof unended / sizeof *unended; i++)
		one_line(&unended[i], false);
	fields();
	numbers();
	records();
	error_names_line();
	write_errors();
	for (size_t filler = 65536 - 64; filler < 65536 + 4; filler++)
		file_equals_memory(filler);
	for (size_t filler = 131072 - 64; filler < 131072 + 4; filler++)
		file_equals_memory(filler);
	file_equals_memory(300000);
	ok(true, "a file gives what memory gives, wherever its lines end");
	return done_testing();
}
