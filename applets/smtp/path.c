/* path - whether an address can be put between < and > of MAIL FROM and RCPT TO (RFC 5321 4.1.2, RFC 6531 3.3). */
#include "smtp/path.h"

#include <stddef.h>
#include <string.h>

#include "smtp/smtp.h"

bool path_is_ascii(const char *address)
{
	for (; *address != '\0'; address++)
		if ((unsigned char)*address > 126)
			return false;
	return true;
}

/* Bytes of the UTF-8 character at p (RFC 3629), 0: it is none. */
static size_t utf8_length(const char *p)
{
	unsigned char c = (unsigned char)*p;
	size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static bool is_utf8(const char *address)
{
	size_t n = 1;

	for (; *address != '\0' && n > 0; address += n)
		n = utf8_length(address);
	return n > 0;
}

/* Outside quotes no byte may end the path early, and a backslash does not quote; inside, it hides the next byte. */
static const char *quoting_fault(const char *p)
{
	bool quoted = false;

	for (; *p != '\0'; p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (!quoted && strchr("<> \\", *p) != NULL)
			return "has a space, a backslash, < or > outside quotes";
		else if (*p == '\\' && *++p == '\0')
			break;
	}
	return quoted ? "has a quote that does not end" : NULL;
}

const char *path_fault(const char *address)
{
	if (strlen(address) > SMTP_ADDRESS_MAX)
		return "is too long";
	for (const char *p = address; *p != '\0'; p++)
		if ((unsigned char)*p < 32 || *p == 127)
			return "has control characters";
	if (!is_utf8(address))
		return "is neither ASCII nor UTF-8";
	return quoting_fault(address);
}
