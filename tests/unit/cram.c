/* cram - MD5, HMAC and CRAM-MD5 by the examples of their RFCs, and base64. */
#include "lib/cram.h"

#include "lib/base64.h"
#include "lib/same.h"
#include "tap.h"

static void digest_is(const char *text, const char *want)
{
	unsigned char digest[MD5_SIZE];
	char hex[2 * MD5_SIZE + 1];

	md5_end(&md5_start, 0, text, strlen(text), digest);
	for (int i = 0; i < MD5_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	is_str(hex, want, "RFC 1321: MD5 of %zu bytes", strlen(text));
}

static void answer_is(const char *secret, const char *challenge, const char *want, const char *name)
{
	char answer[CRAM_DIGEST + 1], states[CRAM_STATES + 1];
	struct cram c, again;

	cram_of_secret(secret, &c);
	cram_answer(&c, challenge, answer);
	is_str(answer, want, "%s", name);
	cram_print(&c, states);
	ok(cram_parse(states, strlen(states), &again), "its states are %d digits", CRAM_STATES);
	cram_answer(&again, challenge, answer);
	is_str(answer, want, "which give the same answer");
}

static void test_states(void)
{
	char states[CRAM_STATES + 1];
	struct cram c;

	cram_of_secret("x", &c);
	cram_print(&c, states);
	ok(!cram_parse(states, CRAM_STATES - 1, &c), "a digit less is no pair of states");
	states[3] = 'g';
	ok(!cram_parse(states, CRAM_STATES, &c), "nor is a letter that is no digit");
	states[3] = 'A';
	ok(!cram_parse(states, CRAM_STATES, &c), "nor a capital one");
	ok(same_bytes("abc", "abc", 3) && !same_bytes("abc", "abd", 3) && same_bytes("abc", "abd", 2), "as many bytes are compared");
}

static void base64_is(const char *text, const char *want)
{
	char to[64], back[64];
	size_t n;

	base64_encode(text, strlen(text), to);
	is_str(to, want, "RFC 4648: %zu bytes", strlen(text));
	ok(base64_decode(to, back, sizeof back, &n) && n == strlen(text) && strcmp(back, text) == 0, "and back");
}

static void test_base64(void)
{
	static const char *const bad[] = {"Zg", "Zg=", "Zg=a", "Z===", "====", "Zm9v!", "Zm 9", "Zm9vYg==Zm9v"};
	char to[8];
	size_t n;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(!base64_decode(bad[i], to, sizeof to, &n), "\"%s\" is no base64", bad[i]);
	ok(base64_decode("Zm9vYmFy", to, 7, &n) && n == 6, "six bytes and a NUL fit into seven");
	ok(!base64_decode("Zm9vYmFy", to, 6, &n), "and not into six");
	ok(base64_decode("AGEAYg==", to, sizeof to, &n) && n == 4 && memcmp(to, "\0a\0b", 5) == 0, "NULs are bytes");
	ok(base64_decode("", to, sizeof to, &n) && n == 0, "nothing is nothing");
}

int main(void)
{
	digest_is("", "d41d8cd98f00b204e9800998ecf8427e");
	digest_is("a", "0cc175b9c0f1b6a831c399e269772661");
	digest_is("message digest", "f96b697d7cb7938d525a2f31aaf161d0");
	digest_is("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f");
	digest_is("12345678901234567890123456789012345678901234567890123456789012345678901234567890",
	          "57edf4a22be3c955ac49da2e2107b67a");
	answer_is("tanstaaftanstaaf", "<1896.697170952@postoffice.reston.mci.net>", "b913a602c7eda7a495b4e6e7334d3890",
	          "RFC 2195, section 2");
	answer_is("Jefe", "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738", "RFC 2104, the second example");
	answer_is("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x",
	          "39a77c73505afda7704d442de085866e", "a secret longer than a block");
	test_states();
	base64_is("", "");
	base64_is("f", "Zg==");
	base64_is("fo", "Zm8=");
	base64_is("foo", "Zm9v");
	base64_is("foobar", "Zm9vYmFy");
	test_base64();
	return done_testing();
}
