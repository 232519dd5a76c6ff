/* offers - what the server's reply to EHLO promises (RFC 5321 4.1.1.1). */
#include "smtp/offers.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool is_word(const char *line, const char *word)
{
	size_t n = strlen(word);

	return strncasecmp(line, word, n) == 0 && (line[n] == ' ' || line[n] == '\0');
}

/* 0, which means no limit, where there is no number or one beyond all messages. */
static uint64_t number(const char *p)
{
	uint64_t n = 0;

	for (p += strspn(p, " "); *p >= '0' && *p <= '9'; p++) {
		if (n > (UINT64_MAX - 9) / 10)
			return 0;
		n = n * 10 + (uint64_t)(*p - '0');
	}
	return n;
}

/* RFC 9422: LIMITS NAME=VALUE NAME=VALUE... */
static void add_limits(struct smtp_offers *o, const char *p)
{
	static const char name[] = "MAILMAX=";

	for (p += strcspn(p, " "); *p != '\0'; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (strncasecmp(p, name, strlen(name)) == 0)
			o->mail_max = number(p + strlen(name));
	}
}

void smtp_offers_add(struct smtp_offers *o, const char *line)
{
	if (is_word(line, "PIPELINING"))
		o->pipelining = true;
	if (is_word(line, "CHUNKING"))
		o->chunking = true;
	if (is_word(line, "8BITMIME"))
		o->eightbit = true;
	if (is_word(line, "SMTPUTF8"))
		o->utf8 = true;
	if (is_word(line, "LIMITS"))
		add_limits(o, line);
	if (!is_word(line, "SIZE"))
		return;
	o->size = true;
	o->size_max = number(line + strlen("SIZE"));
}
