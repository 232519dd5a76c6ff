/* localparts: which lines are local parts, and which address one of them lists. */
#include "qmail/localparts.h"

#include "tap.h"

static void good(const char *entry, bool is)
{
	ok((localparts_bad(entry, strlen(entry)) == NULL) == is, "%s a local part: \"%s\"", is ? "is" : "is not", entry);
}

static void asks(const char *text, const char *local, enum localparts_answer want, size_t line)
{
	size_t bad = 0;

	is_int(localparts_ask(text, strlen(text), local, &bad), want, "the answer for \"%s\"", local);
	if (want == LOCALPARTS_UNSURE)
		is_int((intmax_t)bad, (intmax_t)line, "and because of this line");
}

static void entries(const char *text, size_t want, size_t last)
{
	size_t at = 0, number = 0, n = 0, len;
	const char *entry;

	while (localparts_next(text, strlen(text), &at, &number, &entry, &len)) {
		n++;
		is_int((intmax_t)(len > 0 && entry[len - 1] != ' '), 1, "an entry without its blanks");
	}
	is_int((intmax_t)n, (intmax_t)want, "entries");
	is_int((intmax_t)number, (intmax_t)last, "lines");
}

int main(void)
{
	static const char list[] = "# staff\njoe\nAnn.Lee \t\n\nsales-*\nlists.*\nlast";

	good("joe", true);
	good("J.o-e+x=y", true);
	good("*", true);
	good("sales-*", true);
	good("sales.*", true);
	good("joe@example.com", false);
	good("*-x", false);
	good("a*b", false);
	good("**", false);
	good(".*", false);
	good("a..*", false);
	good("a..b", false);
	good(".a", false);
	good("a.", false);
	good("a b", false);
	good(" a", false);
	good("a/b", false);
	good("a:b", false);
	good("\"a\"", false);
	good("a,b", false);
	good("a\r", false);
	good("caf\xc3\xa9", false);

	entries(list, 5, 7);
	entries("", 0, 0);
	entries("\n#\n \n", 0, 3);

	asks(list, "joe", LOCALPARTS_YES, 0);
	asks(list, "JOE", LOCALPARTS_YES, 0);
	asks(list, "ann.lee", LOCALPARTS_YES, 0);
	asks(list, "last", LOCALPARTS_YES, 0);
	asks(list, "sales-", LOCALPARTS_YES, 0);
	asks(list, "Sales-north", LOCALPARTS_YES, 0);
	asks(list, "lists.a.b", LOCALPARTS_YES, 0);
	asks(list, "PostMaster", LOCALPARTS_YES, 0);
	asks(list, "", LOCALPARTS_NO, 0);
	asks(list, "jo", LOCALPARTS_NO, 0);
	asks(list, "joe ", LOCALPARTS_NO, 0);
	asks(list, "joex", LOCALPARTS_NO, 0);
	asks(list, "sales", LOCALPARTS_NO, 0);
	asks(list, "# staff", LOCALPARTS_NO, 0);
	asks(list, "sales-*", LOCALPARTS_YES, 0);
	asks("*", "anybody", LOCALPARTS_YES, 0);
	asks("", "joe", LOCALPARTS_UNSURE, 0);
	asks("# nobody\n\n", "joe", LOCALPARTS_UNSURE, 0);
	asks("joe\nann@example.com\nb b\n", "bob", LOCALPARTS_UNSURE, 2);
	asks("joe\nann@example.com\n", "joe", LOCALPARTS_YES, 0);
	asks("ann@example.com\n", "postmaster", LOCALPARTS_YES, 0);
	return done_testing();
}
