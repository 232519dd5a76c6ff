/* json_check - a strict reader of JSON (RFC 8259), written a second time: it knows nothing of lib/json.c. */
#include "json_check.h"

#include "fuzz.h"

enum { DEPTH = 20 };

struct reader {
	const unsigned char *p, *end;
	struct buf *to; /* the text of strings, unless NULL */
};

static void value(struct reader *r, int depth);

static int peek(const struct reader *r)
{
	return r->p < r->end ? *r->p : -1;
}

static void expect(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	check((size_t)(r->end - r->p) >= n && memcmp(r->p, word, n) == 0, "JSON: something else is expected");
	r->p += n;
}

static void say(struct reader *r, const void *p, size_t n)
{
	if (r->to != NULL)
		buf_add(r->to, p, n);
}

static unsigned hex(struct reader *r)
{
	unsigned n = 0;

	for (int i = 0; i < 4; i++, r->p++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = peek(r) > 0 ? strchr(digits, peek(r)) : NULL;

		check(digit != NULL, "JSON: four digits are expected");
		n = n * 16 + (unsigned)(digit - digits);
	}
	return n;
}

/* Only below U+0800 or U+FFFD: no others are written so. */
static void escape(struct reader *r)
{
	char c = (char)peek(r);
	unsigned n;

	r->p++;
	if (c == '"' || c == '\\') {
		say(r, &c, 1);
		return;
	}
	check(c == 'u', "JSON: an unknown escape");
	n = hex(r);
	check(n < 0x80 || n == 0xfffd, "JSON: a needless escape");
	c = (char)n;
	if (n < 0x80)
		say(r, &c, 1);
	else
		say(r, "\xef\xbf\xbd", 3);
}

/* RFC 3629's table, by ranges of the second byte. */
static void utf8(struct reader *r)
{
	static const struct {
		unsigned char first, last, low, high, more;
	} rows[] = {
		{0x20, 0x7e, 0, 0, 0},       {0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2}, {0xe1, 0xec, 0x80, 0xbf, 2},
		{0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2}, {0xf0, 0xf0, 0x90, 0xbf, 3}, {0xf1, 0xf3, 0x80, 0xbf, 3},
		{0xf4, 0xf4, 0x80, 0x8f, 3},
	};
	size_t n = 0;

	for (size_t i = 0; n == 0 && i < sizeof rows / sizeof *rows; i++) {
		if (*r->p < rows[i].first || *r->p > rows[i].last)
			continue;
		n = rows[i].more + 1U;
		check((size_t)(r->end - r->p) >= n, "JSON: half a letter");
		check(n == 1 || (r->p[1] >= rows[i].low && r->p[1] <= rows[i].high), "JSON: no UTF-8");
	}
	check(n > 0, "JSON: a control byte, or no UTF-8");
	for (size_t k = 2; k < n; k++)
		check((r->p[k] & 0xc0) == 0x80, "JSON: no UTF-8");
	say(r, r->p, n);
	r->p += n;
}

static void string(struct reader *r)
{
	expect(r, "\"");
	while (peek(r) != '"') {
		check(peek(r) >= 0, "JSON: a string without an end");
		if (*r->p == '\\') {
			r->p++;
			escape(r);
		} else {
			utf8(r);
		}
	}
	r->p++;
}

static size_t digits(struct reader *r)
{
	const unsigned char *begin = r->p;

	while (peek(r) >= '0' && peek(r) <= '9')
		r->p++;
	check(r->p > begin, "JSON: a digit is expected");
	return (size_t)(r->p - begin);
}

static void number(struct reader *r)
{
	bool zero;

	r->p += peek(r) == '-';
	zero = peek(r) == '0';
	check(digits(r) == 1 || !zero, "JSON: a number that begins with 0");
	if (peek(r) == '.') {
		r->p++;
		digits(r);
	}
}

static void members(struct reader *r, char end, int depth)
{
	r->p++;
	while (peek(r) != end) {
		if (end == '}') {
			string(r);
			expect(r, ":");
		}
		value(r, depth + 1);
		if (peek(r) != end) {
			expect(r, ",");
			check(peek(r) != end, "JSON: a comma too many");
		}
	}
	r->p++;
}

static void value(struct reader *r, int depth)
{
	check(depth < DEPTH, "JSON: too deep");
	switch (peek(r)) {
	case '{':
		members(r, '}', depth);
		break;
	case '[':
		members(r, ']', depth);
		break;
	case '"':
		string(r);
		break;
	case 't':
		expect(r, "true");
		break;
	case 'f':
		expect(r, "false");
		break;
	case 'n':
		expect(r, "null");
		break;
	default:
		number(r);
	}
}

void json_check(const char *p, size_t n)
{
	struct reader r = {(const unsigned char *)p, (const unsigned char *)p + n, NULL};

	value(&r, 0);
	check(r.p == r.end, "JSON: something behind its end");
}

void json_check_string(const char *p, size_t n, struct buf *to)
{
	struct reader r = {(const unsigned char *)p, (const unsigned char *)p + n, to};

	string(&r);
	check(r.p == r.end, "JSON: something behind its end");
}
