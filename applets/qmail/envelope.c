/* envelope - sender and recipient from the two lines that qmail-local(8) added on top of a message. */
#include "qmail/envelope.h"

#include <string.h>

#include "lib/find.h"
#include "lib/printable.h"
#include "qmail/names.h"

static const char return_path[] = "Return-Path: <";
static const char delivered_to[] = "Delivered-To: ";

/* The line at p: its length without newline, or -1 when it does not end within n bytes. */
static ptrdiff_t line_length(const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);

	return lf != NULL ? lf - p : -1;
}

/* False for bytes that an SMTP command line cannot contain. */
static bool is_clean(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_control_byte(p[i]))
			return false;
	return true;
}

static const char *parse_sender(const char *line, size_t n, struct envelope *e)
{
	size_t skip = strlen(return_path);

	if (!name_starts(line, n, return_path) || n < skip + 1 || line[n - 1] != '>')
		return "its first line is not Return-Path: <SENDER>";
	n -= skip + 1;
	if (n > ENVELOPE_ADDRESS_MAX)
		return "its sender's address is too long";
	if (!is_clean(line + skip, n))
		return "its sender's address has control characters";
	memcpy(e->sender, line + skip, n);
	e->sender[n] = '\0';
	return NULL;
}

bool envelope_delivered_to(const char *head, size_t size, const char **p, size_t *n)
{
	ptrdiff_t first = line_length(head, size), second = -1;
	size_t skip = strlen(delivered_to);

	if (first >= 0)
		second = line_length(head + first + 1, size - (size_t)first - 1);
	if (second < 0 || !name_starts(head + first + 1, (size_t)second, delivered_to))
		return false;
	*p = head + first + 1 + skip;
	*n = (size_t)second - skip;
	if (find_last_byte(*p, '@', *n) != NULL)
		*n = (size_t)(find_last_byte(*p, '@', *n) - *p);
	return true;
}

static const char *parse_recipient(const char *line, size_t n, const char *prefix, struct envelope *e)
{
	size_t skip = strlen(delivered_to), k = strlen(prefix);

	if (!name_starts(line, n, delivered_to))
		return "its second line is not Delivered-To: RECIPIENT";
	line += skip;
	n -= skip;
	if (!name_starts(line, n, prefix))
		return "its Delivered-To line does not begin with this customer's prefix";
	line += k;
	n -= k;
	if (n > ENVELOPE_ADDRESS_MAX)
		return "its recipient's address is too long";
	/* Control characters are accepted here: SMTP cannot express them, so that the message bounces later. */
	if (n == 0 || memchr(line, '@', n) == NULL || memchr(line, '\0', n) != NULL)
		return "its Delivered-To line contains no address";
	memcpy(e->recipient, line, n);
	e->recipient[n] = '\0';
	return NULL;
}

int envelope_parse(const char *head, size_t n, const char *prefix, struct envelope *e, const char **why)
{
	ptrdiff_t first = line_length(head, n), second;

	*why = "its first line is not Return-Path: <SENDER>";
	if (first < 0)
		return -1;
	*why = parse_sender(head, (size_t)first, e);
	if (*why != NULL)
		return -1;
	head += first + 1;
	n -= (size_t)first + 1;
	second = line_length(head, n);
	*why = "its second line is not Delivered-To: RECIPIENT";
	if (second < 0)
		return -1;
	*why = parse_recipient(head, (size_t)second, prefix, e);
	e->head = (size_t)(first + 1 + second + 1);
	return *why == NULL ? 0 : -1;
}

static bool is_dot_string(const char *p, size_t n)
{
	if (n == 0 || p[0] == '.' || p[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '.' && p[i + 1] == '.')
			return false;
		if (strchr("()<>[]:;@\\,\" ", p[i]) != NULL)
			return false;
	}
	return true;
}

int envelope_quote(const char *address, char *to, size_t size)
{
	const char *at = strrchr(address, '@');
	size_t n = at != NULL ? (size_t)(at - address) : strlen(address);
	size_t k = 0;

	if (2 * n + strlen(address + n) + 3 > size)
		return -1;
	if (is_dot_string(address, n)) {
		memcpy(to, address, n);
		k = n;
	} else {
		to[k++] = '"';
		for (size_t i = 0; i < n; i++) {
			if (address[i] == '"' || address[i] == '\\')
				to[k++] = '\\';
			to[k++] = address[i];
		}
		to[k++] = '"';
	}
	memcpy(to + k, address + n, strlen(address + n) + 1);
	return 0;
}

void envelope_unquote(const char *address, char *to, size_t size)
{
	const char *at = strrchr(address, '@');
	bool quoted = false;
	size_t k = 0;

	for (const char *p = address; *p != '\0' && k + 1 < size; p++) {
		bool local = at == NULL || p < at;

		if (local && *p == '"') {
			quoted = !quoted;
			continue;
		}
		if (local && quoted && *p == '\\' && p[1] != '\0')
			p++;
		to[k++] = *p;
	}
	to[k] = '\0';
}
