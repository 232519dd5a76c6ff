/* command - what a line of a caller says. */
#include "trigger/command.h"

#include "qmail/names.h"
#include "tap.h"

static void says(const char *text, enum verb_of_caller verb, const char *argument)
{
	char line[200];
	struct command c;

	snprintf(line, sizeof line, "%s", text);
	command_parse(line, &c);
	is_int(c.verb, verb, "the command of \"%s\"", text);
	is_str(c.argument, argument, "its argument");
}

static void test_parse(void)
{
	says("ETRN some.example.com", SAYS_ETRN, "some.example.com");
	says("etrn \t@example.com \r", SAYS_ETRN, "@example.com");
	says("EtRn", SAYS_ETRN, "");
	says("ETRNX a", SAYS_NOTHING_KNOWN, "a");
	says("ETR a", SAYS_NOTHING_KNOWN, "a");
	says("ATRN a.test, b.test", SAYS_ATRN, "a.test, b.test");
	says("AUTH CRAM-MD5", SAYS_AUTH, "CRAM-MD5");
	says("EHLO there", SAYS_EHLO, "there");
	says("HELO there", SAYS_HELO, "there");
	says("quit ", SAYS_QUIT, "");
	says("MAIL FROM:<a@b.test>", SAYS_MAIL, "FROM:<a@b.test>");
	says("STARTTLS", SAYS_MAIL, "");
	says("", SAYS_NOTHING_KNOWN, "");
	says("\r", SAYS_NOTHING_KNOWN, "");
	says(" NOOP", SAYS_NOTHING_KNOWN, "NOOP");
}

/* list holds the domains want, and then its end is end. */
static void list_is(const char *list, const char *want, int end)
{
	char name[NAME_DOMAIN_MAX + 1], got[1000] = "";
	const char *p = list;
	int r;

	while ((r = command_domain(&p, name)) == 1)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s.", name);
	is_str(got, want, "the domains of \"%s\"", list);
	is_int(r, end, "and its end");
}

static void test_lists(void)
{
	char longest[300];

	list_is("", "", 0);
	list_is("a.test", "a.test.", 0);
	list_is("A.Test,b.test", "a.test.b.test.", 0);
	list_is(" a.test ,\tb.test ", "a.test.b.test.", 0);
	list_is("a.test.", "a.test.", 0);
	list_is("a.test,", "a.test.", 0);
	list_is("a.test,,b.test", "a.test.", -1);
	list_is(",", "", -1);
	list_is("a test", "", -1);
	list_is("../a.test", "", -1);
	list_is("a.test/..", "", -1);
	list_is("a.test,b\x01.test", "a.test.", -1);
	memset(longest, 'a', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	list_is(longest, "", -1);
}

static void test_below(void)
{
	ok(command_is_below("example.com", "example.com"), "a domain is its own");
	ok(command_is_below("a.b.example.com", "example.com"), "what is below it belongs to it");
	ok(!command_is_below("notexample.com", "example.com"), "what only ends like it does not");
	ok(!command_is_below("com", "example.com"), "nor what is above");
	ok(!command_is_below("", "example.com"), "nor nothing");
}

int main(void)
{
	test_parse();
	test_lists();
	test_below();
	return done_testing();
}
