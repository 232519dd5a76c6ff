/* lines: a control file as lines; what nobody touched keeps its bytes, and what is looked for is found as qmail finds it. */
#include "qmail/lines.h"

#include <stdlib.h>

#include "tap.h"

static const char *rendered(const struct lines *l)
{
	static struct buf out;

	buf_free(&out);
	out = BUF(1 << 20);
	lines_render(l, &out);
	return buf_text(&out);
}

static struct lines parsed(const char *text)
{
	struct lines l;

	lines_parse(&l, text, strlen(text));
	return l;
}

static void keeps_bytes(const char *text, const char *name)
{
	struct lines l = parsed(text);

	is_str(rendered(&l), text, "%s", name);
	ok(!l.changed && !lines_failed(&l), "%s: and nothing has changed", name);
	lines_free(&l);
}

static void finds(const char *text, enum lines_key kind, const char *key, long first, long last)
{
	struct lines l = parsed(text);

	is_int((long)lines_find(&l, kind, key, 0), first, "first %s", key);
	is_int((long)lines_find_last(&l, kind, key), last, "last %s", key);
	lines_free(&l);
}

static void values(void)
{
	struct lines l = parsed("a.org: x y \t\nb.org:\nc\n");
	size_t n;
	const char *p = lines_value(&l, 0, &n);

	ok(n == 4 && memcmp(p, " x y", 4) == 0, "a value keeps blanks before and inside, not behind");
	lines_value(&l, 1, &n);
	is_int((long)n, 0, "an empty value is one");
	lines_value(&l, 2, &n);
	is_int((long)n, 0, "a line without colon has none");
	lines_free(&l);
}

static void changes(void)
{
	struct lines l = parsed("one\ntwo");

	lines_insert(&l, l.n, "three");
	is_str(rendered(&l), "one\ntwo\nthree\n", "a last line without newline gets one before another follows");
	lines_insert(&l, 0, "zero");
	lines_remove(&l, 2);
	is_str(rendered(&l), "zero\none\nthree\n", "put in in front, taken out of the middle");
	is_int((long)lines_find(&l, LINES_LIST, "three", 0), 2, "and found where it went");
	is_int((long)lines_find(&l, LINES_LIST, "two", 0), -1, "and what is gone is not");
	ok(l.changed, "and that is a change");
	lines_free(&l);
	l = parsed("one\ntwo");
	lines_remove(&l, 0);
	is_str(rendered(&l), "two", "a missing last newline stays missing");
	lines_free(&l);
	l = parsed("one:x \r\n two");
	lines_splice(&l, 1, 0, 1, "");
	is_int((long)lines_find(&l, LINES_LIST, "two", 0), 1, "a line is found by what it says now");
	lines_splice(&l, 0, 4, 7, "yz");
	lines_splice(&l, 1, 3, 3, "/");
	is_str(rendered(&l), "one:yz\ntwo/", "in a line one stretch takes another's place, and the newline is as it was");
	lines_free(&l);
	l = parsed("\r");
	lines_splice(&l, 0, 0, 1, "");
	lines_insert(&l, 1, "next");
	is_str(rendered(&l), "next\n", "a last line that became empty gets no newline");
	is_int((long)lines_find(&l, LINES_LIST, "next", 0), 0, "and is no line any more");
	lines_free(&l);
	l = (struct lines){0};
	lines_free(&l);
	l = parsed("");
	lines_insert(&l, 0, "only");
	is_str(rendered(&l), "only\n", "an empty file gets a first line");
	lines_free(&l);
}

/* Only what is in one piece is lent, and then it is what would be rendered. */
static void is_whole(struct lines *l, const char *want, const char *name)
{
	size_t n;
	const char *p = lines_whole(l, &n);

	ok(want == NULL ? p == NULL : p != NULL && n == strlen(want) && memcmp(p, want, n) == 0, "in one piece: %s", name);
	if (want != NULL)
		is_str(rendered(l), want, "and rendered as such");
}

static void pieces(void)
{
	struct lines l = parsed("+a-:x:\n.\n");

	is_whole(&l, "+a-:x:\n.\n", "as it was read");
	lines_insert(&l, 1, "+b-:y:");
	is_whole(&l, "+a-:x:\n+b-:y:\n.\n", "before the last line");
	lines_insert(&l, 2, "+c-:z:");
	lines_insert(&l, l.n, "end");
	is_whole(&l, "+a-:x:\n+b-:y:\n+c-:z:\n.\nend\n", "and behind it");
	lines_insert(&l, 1, "mid");
	is_whole(&l, NULL, "not in the middle");
	lines_insert(&l, l.n - 1, "last");
	is_str(rendered(&l), "+a-:x:\nmid\n+b-:y:\n+c-:z:\n.\nlast\nend\n", "all are rendered nevertheless");
	lines_free(&l);
	l = parsed("one\ntwo");
	lines_insert(&l, 1, "half");
	is_str(rendered(&l), "one\nhalf\ntwo", "not before one without newline");
	lines_free(&l);
	l = parsed("");
	is_whole(&l, NULL, "not nothing");
	lines_free(&l);
}

/* What lines_find() is to answer, found by looking at every line. */
static size_t scan(const struct lines *l, enum lines_key kind, const char *key, size_t from, bool last)
{
	size_t found = LINES_NONE, n;
	const char *p;

	for (size_t i = from; i < l->n; i++) {
		if (!lines_key(l, kind, i, &p, &n) || n != strlen(key) || memcmp(p, key, n) != 0)
			continue;
		found = i;
		if (!last)
			break;
	}
	return found;
}

/* Backwards, each is found once. */
static bool counted(const struct lines *l, enum lines_key kind, const char *key)
{
	size_t n = 0;

	for (size_t at = 0; (at = scan(l, kind, key, at, false)) != LINES_NONE; at++)
		n++;
	for (size_t i = l->n; (i = lines_find_before(l, kind, key, i)) != LINES_NONE;)
		n--;
	return n == 0;
}

static bool agrees(const struct lines *l, enum lines_key kind, const char *key)
{
	size_t from = l->n > 0 ? (size_t)rand() % l->n : 0;

	return lines_find(l, kind, key, 0) == scan(l, kind, key, 0, false) &&
	       lines_find(l, kind, key, from) == scan(l, kind, key, from, false) &&
	       lines_find_last(l, kind, key) == scan(l, kind, key, 0, true) && counted(l, kind, key);
}

/* Few keys in many lines, changed in all places, looked up by all kinds. */
static void random_changes(void)
{
	static const char *const texts[] = {"a:1", "b:2", "c", "#d", "", ".", "e:5 ", "ff:6", "a:7", "+x-:u:1:1:/h/dir:-::"};
	static const char *const keys[] = {"a", "b", "c", "#d", ".", "e", "ff", "nobody", "a:1", "7", "dir", "1:1:/h/dir:-::"};
	struct lines l = parsed(".\n");
	bool held = true;

	srand(1);
	for (int i = 0; i < 4000 && held; i++) {
		if (l.n > 0 && rand() % 5 < 2)
			lines_remove(&l, (size_t)rand() % l.n);
		else
			lines_insert(&l, rand() % 3 ? l.n - (l.n > 0) : (size_t)rand() % (l.n + 1), texts[rand() % 10]);
		held = agrees(&l, (enum lines_key)(rand() % LINES_KEYS), keys[rand() % 12]);
	}
	ok(held, "after any changes each key is found where a look at every line finds it");
	lines_free(&l);
}

static void many(void)
{
	struct buf text = BUF(1 << 24);
	char key[32];
	struct lines l;
	bool held = true;

	for (int i = 0; i < 100000; i++)
		buf_printf(&text, "d%d.example.com:d%d\n", i, i);
	lines_parse(&l, text.p, text.len);
	for (int i = 0; i < 100000 && held; i++) {
		snprintf(key, sizeof key, "D%d.Example.com", i);
		held = lines_find(&l, LINES_MAP, key, 0) == (size_t)i;
	}
	ok(held, "each of a hundred thousand is found, in no time");
	for (int i = 0; i < 20000; i++) {
		lines_insert(&l, l.n - 1, "x:y");
		held &= lines_find_last(&l, LINES_MAP, "d99999.example.com") == l.n - 1;
	}
	ok(held, "and while lines are put in before the last one");
	lines_free(&l);
	buf_free(&text);
}

int main(void)
{
	keeps_bytes("", "an empty file");
	keeps_bytes("a\nb\n", "two lines");
	keeps_bytes("a\n\n \t\n# c\r\nb", "blanks, a comment, CRLF, no last newline");
	keeps_bytes("\n", "one blank line");
	finds("a.org\n#b.org\nB.org \t\nb.org\n", LINES_LIST, "b.org", 2, 3);
	finds("#b.org\nb.org\r\n b.org\nxb.org\nb.org.\n", LINES_LIST, "b.org", -1, -1);
	finds("B.org:x\nb.org\n#b.org:y\nb.org:y:z\n", LINES_MAP, "b.org", 0, 3);
	finds("b.org :x\n", LINES_MAP, "b.org", -1, -1);
	finds(":x\n", LINES_MAP, "", 0, 0);
	finds("#a:b\n+A-:c\n", LINES_ASSIGN, "#a", 0, 0);
	finds("#a:b\n+A-:c\n", LINES_ASSIGN, "+a-", 1, 1);
	finds("+a-:c\n.\n.b:c\n", LINES_ASSIGN, ".", 1, 2);
	finds("a:x\n#b:x\nb:y:x\nc: X \nd:\nx\n", LINES_VALUE, "x", 0, 0);
	finds("a:x\nb:x\nc\nd:X \n", LINES_VALUE, "x", 0, 3);
	finds("+a-:u:1:2:/h/x.org:-::\n=b:u:1:2:/h/X.org\n+c-:u:1:2:/h/x.org/:-::\n", LINES_HOME, "x.org", 0, 1);
	finds("+a-:u:1:2:x.org:-::\n+b-:u:1:x.org\n.\n", LINES_HOME, "x.org", 0, 0);
	finds("", LINES_LIST, "a", -1, -1);
	values();
	changes();
	pieces();
	random_changes();
	many();
	return done_testing();
}
