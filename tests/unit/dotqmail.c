/* dotqmail: .qmail files' names there and back, and their instructions as qmail-local reads them. */
#include "qmail/dotqmail.h"

#include "tap.h"

static void name(const char *local, const char *want)
{
	struct dotqmail_name n;
	char back[NAME_LOCAL_MAX + 1];

	dotqmail_name(local, &n);
	is_str(n.text, want, "%s is looked up in this file", local);
	is_int(dotqmail_local(n.text, back, sizeof back), 0, "and its name leads back");
}

static void no_name(const char *file)
{
	char local[NAME_LOCAL_MAX + 1];

	is_int(dotqmail_local(file, local, sizeof local), -1, "qmail never reads \"%s\"", file);
}

/* As it may stand in a test's name. */
static const char *shown(const char *s)
{
	static char text[400];
	size_t n = 0;

	for (; *s != '\0' && n + 1 < sizeof text; s++)
		text[n++] = *s >= ' ' && *s < 127 && *s != '#' ? *s : '?';
	text[n] = '\0';
	return text;
}

/* Instructions as "KIND value" lines. */
static void reads(const char *text, const char *want)
{
	char got[400] = "";
	struct dotqmail_line l;
	size_t n = 0;

	for (size_t at = 0; dotqmail_next(text, strlen(text), &at, &l);)
		n += (size_t)snprintf(got + n, sizeof got - n, "%s %.*s\n", dotqmail_word(l.kind), (int)l.n, l.value);
	is_str(got, want, "\"%s\"", shown(text));
}

int main(void)
{
	name("joe", ".qmail-joe");
	name("Joe.R-x", ".qmail-joe:r-x");
	name("default", ".qmail-default");
	no_name(".qmail");
	no_name(".qmail-");
	no_name(".qmail-Joe");
	no_name(".qmail-a.b");
	no_name("qmail-joe");
	reads("", "");
	reads("# comment\n\n \t\n+list\n", "");
	reads("/a/b/\n./Maildir/  \n./Mailbox\n/mbox", "maildir /a/b/\nmaildir ./Maildir/\nmbox ./Mailbox\nmbox /mbox\n");
	reads("&a@b\na@b\n|prog arg \n", "forward a@b\nforward a@b\nprogram prog arg\n");
	reads(" a@b\n&&a\n", "forward  a@b\nforward &a\n");
	reads("./M/\r\n", "mbox ./M/\r\n");
	return done_testing();
}
