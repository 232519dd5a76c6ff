/* caller - lines of users/qv-trigger, and the addresses in them. */
#include "dialup/caller.h"

#include <arpa/inet.h>

#include "tap.h"

#define STATES "c8a8ea3d5b3b3d6f1d1a3e0b2c4d5e6f00112233445566778899aabbccddeeff"

static void is_bad(const char *line, const char *want)
{
	const char *why = NULL;
	struct caller c;

	is_int(caller_parse(line, strlen(line), &c, &why), CALLER_BAD, "\"%.60s\" is no such line", line);
	is_str(why, want, "because");
}

/* line is good, and is printed as want. */
static void is_good(const char *line, const char *want)
{
	struct buf b = BUF(10000);
	const char *why = NULL;
	struct caller c;

	if (!is_int(caller_parse(line, strlen(line), &c, &why), CALLER_HOST, "\"%.60s\"", line))
		printf("# %s\n", why);
	caller_print(&c, &b);
	is_str(buf_text(&b), want, "is printed");
	buf_free(&b);
}

static void is_nothing(const char *line)
{
	const char *why;
	struct caller c;

	is_int(caller_parse(line, strlen(line), &c, &why), CALLER_NOTHING, "\"%s\" says nothing", line);
}

static void test_lines(void)
{
	is_nothing("");
	is_nothing(" \t\r");
	is_nothing("# some.example.com: autoturn");
	is_good("some.example.com:", "some.example.com:");
	is_good("Some.Example.com: autoturn\r", "some.example.com:autoturn");
	is_good("a.test:user=joe cram-md5=" STATES, "a.test:user=joe cram-md5=" STATES);
	is_good("a.test: cram-md5=" STATES "\tuser=joe@a.test", "a.test:user=joe@a.test cram-md5=" STATES);
	is_good("a.test:from=192.0.2.7 from=2001:db8::/32 autoturn", "a.test:from=192.0.2.7 from=2001:db8::/32 autoturn");
	is_bad("a.test", "expected HOST:");
	is_bad(":autoturn", "invalid host");
	is_bad("../a: autoturn", "invalid host");
	is_bad("a b.test: autoturn", "invalid host");
	is_bad("a.test: autoturns", "expected user=, cram-md5=, from= or autoturn");
	is_bad("a.test: to=192.0.2.7", "expected user=, cram-md5=, from= or autoturn");
	is_bad("a.test: from=", "invalid address");
	is_bad("a.test: from=192.0.2.7/33", "invalid address");
	is_bad("a.test: user= cram-md5=" STATES, "invalid user");
	is_bad("a.test: user=a:b cram-md5=" STATES, "invalid user");
	is_bad("a.test: user=a user=b cram-md5=" STATES, "invalid user");
	is_bad("a.test: user=a", "user= and cram-md5= belong together");
	is_bad("a.test: cram-md5=" STATES, "user= and cram-md5= belong together");
	is_bad("a.test: user=a cram-md5=0" STATES, "invalid states of CRAM-MD5");
	is_bad("a.test: user=a cram-md5=" STATES " cram-md5=" STATES, "invalid states of CRAM-MD5");
}

static void test_limits(void)
{
	char line[2000] = "a.test:";
	struct caller c;
	const char *why = NULL;

	for (int i = 0; i < CALLER_FROM_MAX; i++)
		strcat(line, " from=192.0.2.7");
	is_int(caller_parse(line, strlen(line), &c, &why), CALLER_HOST, "%d addresses", CALLER_FROM_MAX);
	strcat(line, " from=192.0.2.7");
	is_bad(line, "more than 16 addresses");
	memset(line + 7, 'x', 400);
	line[407] = '\0';
	is_bad(line, "invalid word");
	is_int(caller_parse("a.test: auto\0turn", 17, &c, &why), CALLER_BAD, "a NUL in a word");
	is_int(caller_parse("a\0.test:", 8, &c, &why), CALLER_BAD, "a NUL in the host");
}

static void test_file(void)
{
	static const char text[] = "# who may\na.test:autoturn\nb test:\n\nc.test:from=::1";
	struct caller c;
	size_t at = 0;

	ok(caller_next(text, sizeof text - 1, &at, &c), "the first host");
	is_str(c.host, "a.test", "comments are passed over");
	ok(caller_next(text, sizeof text - 1, &at, &c), "the second one");
	is_str(c.host, "c.test", "a bad line is passed over, and the last one needs no newline");
	ok(!c.autoturn, "nothing is left of the line before");
	ok(!caller_next(text, sizeof text - 1, &at, &c), "then there is no more");
}

static void address_is(const char *text, const char *want)
{
	char printed[PEER_TEXT] = "";
	struct peer a;

	if (peer_parse(text, &a))
		peer_print(&a, printed);
	is_str(printed, want, "the address \"%s\"", text);
}

static void test_addresses(void)
{
	address_is("192.0.2.7", "192.0.2.7");
	address_is("::ffff:192.0.2.7", "192.0.2.7");
	address_is("2001:DB8:0:0::1", "2001:db8::1");
	address_is("fe80::1%eth0", "fe80::1");
	address_is("192.0.2", "");
	address_is("192.0.2.256", "");
	address_is("192.0.2.7 ", "");
	address_is("some.example.com", "");
	address_is("", "");
	address_is("1:2:3:4:5:6:7:8:9", "");
}

static void test_sockets(void)
{
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr none = {.sa_family = AF_UNIX};
	char printed[PEER_TEXT];
	struct peer a;

	inet_pton(AF_INET, "192.0.2.7", &four.sin_addr);
	inet_pton(AF_INET6, "2001:db8::1", &six.sin6_addr);
	if (ok(peer_of((struct sockaddr *)&four, &a), "an IPv4 socket has a peer")) {
		peer_print(&a, printed);
		is_str(printed, "192.0.2.7", "its address");
	}
	if (ok(peer_of((struct sockaddr *)&six, &a), "an IPv6 socket has one")) {
		peer_print(&a, printed);
		is_str(printed, "2001:db8::1", "its address");
	}
	ok(!peer_of(&none, &a), "a local socket has none");
}

static void is_in(const char *address, const char *range, bool want)
{
	struct peer_range r;
	struct peer a;

	if (ok(peer_parse(address, &a) && peer_range_parse(range, &r) == NULL, "%s and %s", address, range))
		is_int(peer_is_in(&a, &r), want, "%s is%s within", address, want ? "" : " not");
}

static void test_ranges(void)
{
	struct peer_range r;

	is_in("192.0.2.7", "192.0.2.7", true);
	is_in("192.0.2.8", "192.0.2.7", false);
	is_in("192.0.2.255", "192.0.2.0/24", true);
	is_in("192.0.3.0", "192.0.2.0/24", false);
	is_in("192.0.2.7", "0.0.0.0/0", true);
	is_in("2001:db8::7", "0.0.0.0/0", false);
	is_in("::ffff:192.0.2.7", "192.0.2.0/25", true);
	is_in("2001:db8:ffff::", "2001:db8::/32", true);
	is_in("2001:db9::", "2001:db8::/32", false);
	is_in("::1", "::/0", true);
	ok(peer_range_parse("192.0.2.0/", &r) != NULL, "a prefix has digits");
	ok(peer_range_parse("192.0.2.0/-1", &r) != NULL, "and is not negative");
	ok(peer_range_parse("192.0.2.0/4294967320", &r) != NULL, "nor so long that it overflows");
	ok(peer_range_parse("2001:db8::/129", &r) != NULL, "nor longer than an address");
}

int main(void)
{
	test_lines();
	test_limits();
	test_file();
	test_addresses();
	test_sockets();
	test_ranges();
	return done_testing();
}
