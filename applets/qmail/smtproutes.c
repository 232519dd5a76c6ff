/* smtproutes - the server that qmail-remote sends a host's mail to. */
#include "qmail/smtproutes.h"

#include <stdint.h>
#include <string.h>

static bool find(const struct constmap *routes, const char *host, size_t n, struct constmap_entry *e)
{
	const char *key;
	size_t len;

	for (size_t at = 0; constmap_suffix(host, n, &at, &key, &len);)
		if (constmap_find(routes, CONSTMAP_MAP, key, len, e))
			return true;
	return constmap_find(routes, CONSTMAP_MAP, "", 0, e);
}

static unsigned port_number(const char *p, size_t n)
{
	uint16_t port = 0;

	for (; n > 0 && *p >= '0' && *p <= '9'; p++, n--)
		port = (uint16_t)(port * 10 + (unsigned)(*p - '0'));
	return port;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t blanks(const char *p, size_t i, size_t n)
{
	while (i < n && is_blank(p[i]))
		i++;
	return i;
}

static size_t word(const char *p, size_t i, size_t n)
{
	while (i < n && !is_blank(p[i]))
		i++;
	return i;
}

/* The relay is a word, and so are user and password. */
size_t smtproutes_login(const char *value, size_t n)
{
	const char *bar = memchr(value, '|', n);
	size_t relay = word(value, 0, n), user = blanks(value, relay, n), password = blanks(value, word(value, user, n), n);

	if (bar != NULL && (size_t)(bar - value) <= user)
		return (size_t)(bar - value);
	return relay > 0 && password < n && value[user] != '#' ? relay : n;
}

void smtproutes_show(struct buf *b, const char *value, size_t n)
{
	size_t at = smtproutes_login(value, n), end = n;

	while (end > at && (is_blank(value[end - 1]) || value[end - 1] == '\r'))
		end--;
	buf_add(b, value, at);
	if (at < end)
		buf_printf(b, "%c...", value[at]);
	buf_add(b, value + end, n - end);
}

static void show_line(struct buf *b, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n);
	size_t key = colon != NULL ? (size_t)(colon + 1 - line) : 0;

	/* A comment of some words is not a relay with a login. */
	if (colon == NULL && memchr(line, '|', n) == NULL)
		key = n;
	buf_add(b, line, key);
	smtproutes_show(b, line + key, n - key);
}

void smtproutes_show_lines(struct buf *b, const char *text, size_t n)
{
	const char *lf;
	size_t len;

	for (; (lf = memchr(text, '\n', n)) != NULL; text += len, n -= len) {
		len = (size_t)(lf - text) + 1;
		show_line(b, text, len - 1);
		buf_char(b, '\n');
	}
	show_line(b, text, n);
}

/* "relay:port", optionally followed by a login */
static void split(const struct constmap_entry *e, struct smtproute *to)
{
	size_t n = smtproutes_login(e->value, e->valuelen);
	const char *colon = memchr(e->value, ':', n);

	to->host = e->value;
	to->hostlen = colon != NULL ? (size_t)(colon - e->value) : n;
	if (colon != NULL)
		to->port = port_number(colon + 1, n - to->hostlen - 1);
}

static bool is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/* A top-level domain begins with a letter (RFC 1123 2.1), so 127.1.5 is not a name; nor is text with other bytes. */
static bool can_exist(const char *s, size_t n)
{
	size_t top = 0;

	if (n > 1 && s[n - 1] == '.')
		n--;
	for (size_t i = 0; i < n; i++) {
		if (!is_host_byte(s[i]))
			return false;
		if (s[i] == '.')
			top = i + 1;
	}
	return top < n && !(s[top] >= '0' && s[top] <= '9');
}

void smtproutes_find(const struct constmap *routes, const char *host, size_t n, struct smtproute *to)
{
	*to = (struct smtproute){.host = host, .hostlen = n, .port = 25};
	if (find(routes, host, n, &to->entry) && to->entry.valuelen > 0) {
		to->relayed = true;
		split(&to->entry, to);
	}
	if (ip_parse(to->host, to->hostlen, &to->ip) || ip_literal(to->host, to->hostlen, &to->ip))
		to->way = SMTPROUTES_ADDRESS;
	else if (to->relayed)
		to->way = can_exist(to->host, to->hostlen) ? SMTPROUTES_NAME : SMTPROUTES_NOBODY;
}
