/* names: what is let in as a domain, an address, a handle, a mail server, and how it is spelled. */
#include "qmail/names.h"

#include "tap.h"

static struct err e;

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

static void domain(const char *s, const char *want)
{
	struct name_domain d;
	int r = name_domain(&e, s, &d);

	if (want == NULL)
		ok(r == -1, "no domain: \"%s\"", shown(s));
	else if (is_int(r, 0, "a domain: \"%s\"", shown(s)))
		is_str(d.text, want, "and stored as it should be");
}

static void address(const char *s, const char *local, const char *at)
{
	struct name_address a;
	int r = name_address(&e, s, &a);

	if (local == NULL) {
		ok(r == -1, "no address: \"%s\"", shown(s));
		return;
	}
	if (!is_int(r, 0, "an address: \"%s\"", shown(s)))
		return;
	is_str(a.local, local, "its local part");
	is_str(a.domain.text, at, "its domain");
}

static void relay(const char *s, const char *host, int port)
{
	struct name_host h;
	int r = name_split_relay(s, &h);

	ok(name_relay(&e, s) == r, "name_relay() judges \"%s\" the same", shown(s));
	if (host == NULL) {
		ok(r == -1, "no mail server: \"%s\"", shown(s));
		return;
	}
	if (!is_int(r, 0, "a mail server: \"%s\"", shown(s)))
		return;
	is_str(h.host, host, "its host");
	is_int(h.port, port, "its port");
}

static void lengths(void)
{
	char text[400];

	memset(text, 'a', sizeof text);
	text[64] = '\0';
	domain(text, NULL);
	text[63] = '\0';
	domain(text, text);
	text[64] = 'a';
	text[63] = text[127] = text[191] = '.';
	text[254] = '\0';
	domain(text, NULL);
	text[253] = '\0';
	domain(text, text);
	memset(text, 'a', sizeof text);
	strcpy(text + 201, "@x.org");
	address(text, NULL, NULL);
	text[0] = '\0';
	memset(text, 'b', 33);
	text[33] = '\0';
	ok(name_handle(&e, "handle", text) == -1, "a handle of 33 bytes is none");
	ok(name_handle(&e, "handle", text + 1) == 0, "one of 32 is");
	ok(name_box(&e, text) == 0, "a box's name has room for a number behind that");
}

static void many(const char *s, const char *local)
{
	struct name_address a;
	char whole[300];

	if (!is_int(name_address(&e, s, &a), 0, "many addresses: %s", s))
		return;
	is_str(a.local, local, "as qmail has it");
	name_whole(a.local, a.domain.text, whole, sizeof whole);
	is_str(whole, s, "and back");
}

int main(void)
{
	static const char *const no_domain[] = {
		"", ".", "..", "a..b", ".a", "-a", "a-", "a.-b", "a-.b", "a/b", "a:b", "a b", "a\nb", "a_b", "caf\xe9", "a..", "*",
	};
	static const char *const no_address[] = {
		"", "@", "a", "a@", "@b", "a@b@c", "a/b@c", "a:b@c", "a b@c", ".a@b", "a.@b", "a..b@c", "a\n@b", "\"a\"@b",
		"\xe9@b", "default@b", "x-default@b", "a@-b",
	};
	static const char *const no_handle[] = {"", ".", "..", ".a", "-a", "_a", "a..b", "a/b", "a b", "a:b", "\xe9", "a\n"};
	static const char *const no_relay[] = {
		"", ":", ":25", "a:", "a:0", "a:65536", "a:x", "a:25x", "a b", "a:1:2", "[", "[]", "[x]", "[::1", "::1]", "[::1]x",
		"[::1]:", "[::1]:0", "-a", "a..b", "a:99999999999999999999",
	};

	domain("Example.COM", "example.com");
	domain("example.com.", "example.com");
	domain("a", "a");
	domain("1.2", "1.2");
	domain("xn--caf-dma.example", "xn--caf-dma.example");
	for (size_t i = 0; i < sizeof no_domain / sizeof *no_domain; i++)
		domain(no_domain[i], NULL);
	address("Joe.User+x@Example.com.", "joe.user+x", "example.com");
	address("defaults@b", "defaults", "b");
	address("my-default-x@b", "my-default-x", "b");
	many("user-*@b", "user-default");
	many("-*@b", "-default");
	for (size_t i = 0; i < sizeof no_address / sizeof *no_address; i++)
		address(no_address[i], NULL, NULL);
	for (size_t i = 0; i < sizeof no_handle / sizeof *no_handle; i++)
		ok(name_handle(&e, "handle", no_handle[i]) == -1, "no handle: \"%s\"", shown(no_handle[i]));
	ok(name_handle(&e, "handle", "Ex1_a-b.c") == 0, "a handle");
	ok(name_target(&e, "default@b") == 0 && name_target(&e, "Joe@b") == 0, "mail may be sent on to anybody");
	ok(name_target(&e, "joe") == -1 && name_target(&e, "a\nb@c") == -1, "but not to what is no address");
	relay("mail.example.com", "mail.example.com", 0);
	relay("mail:2525", "mail", 2525);
	relay("192.0.2.1:25", "192.0.2.1", 25);
	relay("[192.0.2.1]", "192.0.2.1", 0);
	relay("[2001:db8::1]", "2001:db8::1", 0);
	relay("[::1]:65535", "::1", 65535);
	for (size_t i = 0; i < sizeof no_relay / sizeof *no_relay; i++)
		relay(no_relay[i], NULL, 0);
	lengths();
	return done_testing();
}
