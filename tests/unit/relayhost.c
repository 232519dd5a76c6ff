/* relayhost: RELAYHOST's lines, in order of preference. */
#include "dialup/relayhost.h"

#include "lib/buf.h"

#include "tap.h"

static void names(const char *name, const char *text, const char *want)
{
	struct err e = {0};
	struct relayhost r;
	char got[400] = "";
	size_t n = 0;

	if (!is_int(relayhost_parse(&e, "RELAYHOST", text, strlen(text), &r), 0, "%s", name))
		return;
	for (size_t i = 0; i < r.n; i++)
		n += (size_t)snprintf(got + n, sizeof got - n, "%s %d\n", r.host[i].host, r.host[i].port);
	is_str(got, want, "%s: these", name);
}

static void refused(const char *name, const char *text, size_t n, const char *why)
{
	struct err e = {0};
	struct relayhost r;

	is_int(relayhost_parse(&e, "RELAYHOST", text, n, &r), -1, "%s", name);
	ok(strncmp(e.text, why, strlen(why)) == 0, "%s: %s", name, e.text);
}

int main(void)
{
	struct buf many = BUF(10000);

	names("the how-to's", "some.example.com\n", "some.example.com 25\n");
	names("no newline", "some.example.com", "some.example.com 25\n");
	names("ports and addresses", "a:2525\n192.0.2.1\n[::1]:26\n[2001:db8::1]\n", "a 2525\n192.0.2.1 25\n::1 26\n2001:db8::1 25\n");
	names("blanks, comments, CRLF", "# first\n\n  a \t\r\n \nb\r\n", "a 25\nb 25\n");
	refused("an empty file", "", 0, "RELAYHOST: contains no host");
	refused("only comments", "# x\n\n", 5, "RELAYHOST: contains no host");
	refused("nonsense", "a\nb c\n", 6, "RELAYHOST:2: ");
	refused("a port of nought", "a:0\n", 4, "RELAYHOST:1: ");
	refused("bare IPv6", "::1\n", 4, "RELAYHOST:1: ");
	refused("NUL", "a\0b\n", 4, "RELAYHOST:1: ");
	for (int i = 0; i < RELAYHOST_MAX; i++)
		buf_str(&many, "a\n");
	ok(relayhost_parse(&(struct err){0}, "R", many.p, many.len, &(struct relayhost){0}) == 0, "sixteen hosts are enough");
	buf_str(&many, "a\n");
	refused("and seventeen too many", many.p, many.len, "RELAYHOST:17: more than 16 hosts");
	buf_free(&many);
	return done_testing();
}
