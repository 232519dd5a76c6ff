/* rcpt - how qmail-smtpd parses RCPT TO, and whether rcpthosts accepts it. */
#include "qmail/rcpt.h"

#include <string.h>
#include <strings.h>

/* "@one,@two:" is skipped up to and including the first colon; without a colon everything is skipped. */
static const char *skip_source_route(const char *s)
{
	const char *colon = strchr(s, ':');

	if (*s != '@')
		return s;
	return colon != NULL ? colon + 1 : s + strlen(s);
}

static const char *skip_to_address(const char *arg, char *terminator)
{
	const char *s = strchr(arg, '<');

	*terminator = '>';
	if (s != NULL)
		return s + 1;
	*terminator = ' ';
	s = arg + strcspn(arg, ":");
	s += *s == ':';
	return s + strspn(s, " ");
}

void rcpt_address(const char *arg, struct buf *to)
{
	bool escaped = false, quoted = false;
	char terminator;
	const char *s = skip_source_route(skip_to_address(arg, &terminator));

	for (; *s != '\0' && (escaped || quoted || *s != terminator); s++) {
		if (!escaped && *s == '"')
			quoted = !quoted;
		else if (escaped || *s != '\\')
			buf_char(to, *s);
		escaped = !escaped && *s == '\\';
	}
}

void rcpt_typed(const char *text, struct buf *to)
{
	struct buf argument = BUF(to->max);

	if (strncasecmp(text, "rcpt ", 5) == 0)
		buf_str(&argument, text + 5 + strspn(text + 5, " "));
	else
		buf_printf(&argument, *text == '<' ? "TO:%s" : "TO:<%s>", text);
	rcpt_address(buf_text(&argument), to);
	to->failed |= buf_failed(&argument);
	buf_free(&argument);
}

size_t rcpt_host(const char *address, size_t n)
{
	for (size_t i = n; i > 0; i--)
		if (address[i - 1] == '@')
			return i;
	return n + 1;
}

bool rcpt_literal(const char *address, size_t n, struct ip_address *ip)
{
	size_t host = rcpt_host(address, n);

	return host <= n && ip_literal(address + host, n - host, ip);
}

bool rcpt_allowed(const struct constmap *rcpthosts, const char *host, size_t n, struct constmap_entry *e)
{
	const char *key;
	size_t len;

	for (size_t at = 0; constmap_suffix(host, n, &at, &key, &len);)
		if (constmap_find(rcpthosts, CONSTMAP_LIST, key, len, e))
			return true;
	return false;
}
