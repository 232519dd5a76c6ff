/* command - what a line of a caller says (RFC 5321, RFC 1985, RFC 2645). Pure. */
#ifndef TRIGGER_COMMAND_H
#define TRIGGER_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

enum verb_of_caller {
	SAYS_NOTHING_KNOWN,
	SAYS_ATRN,
	SAYS_AUTH,
	SAYS_EHLO,
	SAYS_ETRN,
	SAYS_HELO,
	SAYS_HELP,
	SAYS_NOOP,
	SAYS_QUIT,
	SAYS_RSET,
	SAYS_MAIL, /* or another one of SMTP's that is not for here */
};

struct command {
	enum verb_of_caller verb;
	char *argument; /* in the line, without blanks around it */
};

void command_parse(char *line, struct command *c);

/*
 * The next domain of a list "A,B" from *list on, in small letters, into to (NAME_DOMAIN_MAX + 1 bytes). 1; 0: there is no more; -1: it is
 * no domain. Blanks around it do no harm.
 */
int command_domain(const char **list, char *to);

/* host is the domain of "@domain", or below it. */
bool command_is_below(const char *host, const char *domain);

#endif
