/* json - write JSON into a buf, with its commas. */
#include "lib/json.h"

#include <string.h>

/* A value follows another value, so a comma belongs between them. */
static void comma(struct buf *b)
{
	char last = b->len > 0 ? b->p[b->len - 1] : '[';

	if (last != '[' && last != '{' && last != ':')
		buf_str(b, ",");
}

void json_open(struct buf *b, char bracket)
{
	comma(b);
	buf_char(b, bracket);
}

void json_close(struct buf *b, char bracket)
{
	buf_char(b, bracket);
}

/* Length of the UTF-8 sequence at p (RFC 3629); 0: invalid. */
static size_t utf8(const unsigned char *p, size_t n)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

	if (len == 0 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if (p[0] == 0xe0 && p[1] < 0xa0) /* overlong */
		return 0;
	if (p[0] == 0xed && p[1] > 0x9f) /* surrogates */
		return 0;
	if (p[0] == 0xf0 && p[1] < 0x90)
		return 0;
	if (p[0] == 0xf4 && p[1] > 0x8f)
		return 0;
	return len;
}

void json_bytes(struct buf *b, const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t len;

	comma(b);
	buf_char(b, '"');
	for (size_t i = 0; i < n; i += len ? len : 1) {
		len = utf8(p + i, n - i);
		if (len == 0)
			buf_str(b, "\\ufffd");
		else if (p[i] < 32 || p[i] == 127)
			buf_printf(b, "\\u%04x", p[i]);
		else if (p[i] == '"' || p[i] == '\\')
			buf_printf(b, "\\%c", p[i]);
		else
			buf_add(b, p + i, len);
	}
	buf_char(b, '"');
}

void json_string(struct buf *b, const char *s)
{
	if (s == NULL)
		json_null(b);
	else
		json_bytes(b, s, strlen(s));
}

void json_key(struct buf *b, const char *key)
{
	json_string(b, key);
	buf_char(b, ':');
}

void json_number(struct buf *b, intmax_t n)
{
	comma(b);
	buf_printf(b, "%jd", n);
}

void json_thousandths(struct buf *b, intmax_t n)
{
	comma(b);
	buf_printf(b, "%jd.%03jd", n / 1000, n % 1000);
}

void json_bool(struct buf *b, bool v)
{
	comma(b);
	buf_str(b, v ? "true" : "false");
}

void json_null(struct buf *b)
{
	comma(b);
	buf_str(b, "null");
}

void json_put_string(struct buf *b, const char *key, const char *s)
{
	json_key(b, key);
	json_string(b, s);
}

void json_put_bytes(struct buf *b, const char *key, const struct buf *value)
{
	json_key(b, key);
	json_bytes(b, buf_text(value), value->len);
}

void json_put_number(struct buf *b, const char *key, intmax_t n)
{
	json_key(b, key);
	json_number(b, n);
}

void json_put_number_or_null(struct buf *b, const char *key, bool known, intmax_t n)
{
	json_key(b, key);
	if (known)
		json_number(b, n);
	else
		json_null(b);
}

void json_put_bool(struct buf *b, const char *key, bool v)
{
	json_key(b, key);
	json_bool(b, v);
}
