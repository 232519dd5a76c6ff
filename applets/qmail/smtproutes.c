/* smtproutes - the server that qmail-remote sends a host's mail to. */
#include "qmail/smtproutes.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "qmail/names.h"

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

static int server_port(const struct name_host *h)
{
	return h->port != 0 ? h->port : 25;
}

bool smtproutes_names(const char *value, size_t n, const char *relay)
{
	char text[NAME_DOMAIN_MAX + sizeof ":65535"];
	struct name_host is, want;

	n = smtproutes_login(value, n);
	if (n >= sizeof text || memchr(value, '\0', n) != NULL)
		return false;
	memcpy(text, value, n);
	text[n] = '\0';
	return name_split_relay(text, &is) == 0 && name_split_relay(relay, &want) == 0 &&
	       strcasecmp(is.host, want.host) == 0 && server_port(&is) == server_port(&want);
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

static bool is_plain_port(const char *p, size_t n)
{
	size_t digits = 0;

	while (digits < n && p[digits] >= '0' && p[digits] <= '9')
		digits++;
	return digits == n && port_number(p, n) > 0;
}

/* The length of an IPv6 address in brackets that the text begins with, or 0. */
static size_t ipv6_literal(const char *p, size_t n)
{
	const char *end = n > 0 && *p == '[' ? memchr(p, ']', n) : NULL;
	char text[INET6_ADDRSTRLEN];
	struct in6_addr ip;
	size_t len = end != NULL ? (size_t)(end - p) - 1 : sizeof text;

	if (len >= sizeof text)
		return 0;
	memcpy(text, p + 1, len);
	text[len] = '\0';
	return inet_pton(AF_INET6, text, &ip) == 1 ? len + 2 : 0;
}

/* "[IPV6]", "[IPV6]:PORT", "[IPV6];PORT", "HOST;PORT" */
static bool is_of_some(const char *p, size_t n, struct smtproute *to)
{
	const char *semicolon = memchr(p, ';', n);
	size_t len = ipv6_literal(p, n);

	if (len == 0 && semicolon != NULL) {
		len = (size_t)(semicolon - p);
		if (!can_exist(p, len) && !ip_parse(p, len, &to->ip) && !ip_literal(p, len, &to->ip))
			return false;
	}
	if (len == 0 || (len < n && (strchr(":;", p[len]) == NULL || !is_plain_port(p + len + 1, n - len - 1))))
		return false;
	to->other = to->host;
	to->otherlen = to->hostlen;
	to->host = p;
	to->hostlen = len;
	to->port = len < n ? port_number(p + len + 1, n - len - 1) : 25;
	return true;
}

void smtproutes_find(const struct constmap *routes, const char *host, size_t n, struct smtproute *to)
{
	*to = (struct smtproute){.host = host, .hostlen = n, .port = 25};
	if (find(routes, host, n, &to->entry) && to->entry.valuelen > 0) {
		to->relayed = true;
		split(&to->entry, to);
	}
	if (to->relayed && is_of_some(to->entry.value, smtproutes_login(to->entry.value, to->entry.valuelen), to))
		to->way = SMTPROUTES_SOME;
	else if (ip_parse(to->host, to->hostlen, &to->ip) || ip_literal(to->host, to->hostlen, &to->ip))
		to->way = SMTPROUTES_ADDRESS;
	else if (to->relayed)
		to->way = can_exist(to->host, to->hostlen) ? SMTPROUTES_NAME : SMTPROUTES_NOBODY;
}
