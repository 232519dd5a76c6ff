/* smtp_text - the transform of a text, for every cut of the input and every size of the room for the output. */
#include <stdlib.h>

#include "smtp/body.h"
#include "tap.h"

static const struct {
	const char *text, *wire, *name;
} cases[] = {
	{"", ".\r\n", "an empty text is its end"},
	{"a", "a\r\n.\r\n", "a missing last newline is added"},
	{"a\nb\n", "a\r\nb\r\n.\r\n", "LF becomes CRLF"},
	{"a\r\nb\r\n", "a\r\nb\r\n.\r\n", "CRLF stays"},
	{"a\rb\r", "a\r\nb\r\n.\r\n", "a bare CR is made whole"},
	{"\r\r\n\n\r", "\r\n\r\n\r\n\r\n.\r\n", "line ends of all kinds in a row"},
	{".\n..\na.\n.", "..\r\n...\r\na.\r\n..\r\n.\r\n", "leading dots are doubled"},
	{"a\r.\r\n.\n", "a\r\n..\r\n..\r\n.\r\n", "also behind a bare CR"},
	{"a\n.\r\n.\r.\n", "a\r\n..\r\n..\r\n..\r\n.\r\n", "an end in disguise is none"},
};

/* The text in pieces of `cut`, into rooms of exactly `size` bytes each, so that a byte too many is seen by ASan. */
static size_t transform(const char *text, size_t cut, size_t size, char *wire)
{
	struct smtp_body b = {0};
	size_t put = 0, n = strlen(text);

	while (n > 0) {
		const char *p = text;
		size_t left = n < cut ? n : cut, taken = left;
		char *room = malloc(size);
		size_t k = smtp_body_put(&b, &p, &left, room, size);

		taken -= left;
		memcpy(wire + put, room, k);
		free(room);
		if (k > size || (taken == 0 && k == 0))
			return 0;
		put += k;
		text += taken;
		n -= taken;
	}
	return put + smtp_body_end(&b, wire + put);
}

static bool always(const char *text, const char *want)
{
	char wire[200];

	for (size_t cut = 1; cut <= strlen(text) + 1; cut++)
		for (size_t size = 2; size < 40; size++) {
			size_t n = transform(text, cut, size, wire);

			if (n != strlen(want) || memcmp(wire, want, n) != 0) {
				printf("# in pieces of %zu, rooms of %zu: %.*s\n", cut, size, (int)n, wire);
				return false;
			}
		}
	return true;
}

int main(void)
{
	struct smtp_body b = {0};
	const char *p = "abc";
	size_t n = 3;
	char wire[10];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ok(always(cases[i].text, cases[i].wire), "%s", cases[i].name);
	is_int((intmax_t)smtp_body_put(&b, &p, &n, wire, 1), 0, "a room of one byte takes nothing: a line end may need two");
	is_int((intmax_t)n, 3, "and nothing is lost of the text");
	return done_testing();
}
