/* command - what a line of a caller says. */
#include "trigger/command.h"

#include <string.h>
#include <strings.h>

#include "qmail/names.h"

static const struct {
	const char *word;
	enum verb_of_caller verb;
} words[] = {
	{"ATRN", SAYS_ATRN}, {"AUTH", SAYS_AUTH}, {"EHLO", SAYS_EHLO}, {"ETRN", SAYS_ETRN}, {"HELO", SAYS_HELO},
	{"HELP", SAYS_HELP}, {"NOOP", SAYS_NOOP}, {"QUIT", SAYS_QUIT}, {"RSET", SAYS_RSET}, {"MAIL", SAYS_MAIL},
	{"RCPT", SAYS_MAIL}, {"DATA", SAYS_MAIL}, {"BDAT", SAYS_MAIL}, {"VRFY", SAYS_MAIL}, {"EXPN", SAYS_MAIL},
	{"TURN", SAYS_MAIL}, {"STARTTLS", SAYS_MAIL},
};

void command_parse(char *line, struct command *c)
{
	size_t n = strcspn(line, " \t"), end;

	c->verb = SAYS_NOTHING_KNOWN;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (n == strlen(words[i].word) && strncasecmp(line, words[i].word, n) == 0)
			c->verb = words[i].verb;
	c->argument = line + n + strspn(line + n, " \t");
	for (end = strlen(c->argument); end > 0 && strchr(" \t\r", c->argument[end - 1]) != NULL; end--)
		;
	c->argument[end] = '\0';
}

int command_domain(const char **list, char *to)
{
	const char *p = *list + strspn(*list, " \t");
	char text[NAME_DOMAIN_MAX + 2];
	struct name_domain name;
	struct err unused;
	size_t n = strcspn(p, ","), blanks = n;

	if (*p == '\0')
		return 0;
	while (blanks > 0 && (p[blanks - 1] == ' ' || p[blanks - 1] == '\t'))
		blanks--;
	if (blanks >= sizeof text)
		return -1;
	memcpy(text, p, blanks);
	text[blanks] = '\0';
	if (name_domain(&unused, text, &name) < 0)
		return -1;
	memcpy(to, name.text, sizeof name.text);
	*list = p + n + (p[n] == ',');
	return 1;
}

bool command_is_below(const char *host, const char *domain)
{
	size_t h = strlen(host), d = strlen(domain);

	return h >= d && strcmp(host + h - d, domain) == 0 && (h == d || host[h - d - 1] == '.');
}
