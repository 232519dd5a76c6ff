/* dotqmail - .qmail files: their names and their instructions, as dot-qmail(5) has them. */
#include "qmail/dotqmail.h"

#include <stdio.h>
#include <string.h>

static const char prefix[] = ".qmail-";

void dotqmail_name(const char *local, struct dotqmail_name *name)
{
	char *to = name->text + snprintf(name->text, sizeof name->text, "%s%s", prefix, local) - strlen(local);

	for (; *to != '\0'; to++)
		*to = *to == '.' ? ':' : name_fold(*to);
}

int dotqmail_local(const char *name, char *local, size_t size)
{
	size_t n = strlen(name);

	if (strncmp(name, prefix, strlen(prefix)) != 0 || n == strlen(prefix) || n - strlen(prefix) >= size)
		return -1;
	for (name += strlen(prefix); *name != '\0'; name++) {
		if (*name == '.' || *name != name_fold(*name))
			return -1; /* qmail asks for colons and small letters only */
		*local++ = *name == ':' ? '.' : *name;
	}
	*local = '\0';
	return 0;
}

static bool classify(const char *p, size_t n, struct dotqmail_line *line)
{
	switch (p[0]) {
	case '#':
	case '+':
		return false;
	case '|':
		*line = (struct dotqmail_line){DOTQMAIL_PROGRAM, p + 1, n - 1};
		return true;
	case '.':
	case '/':
		*line = (struct dotqmail_line){p[n - 1] == '/' ? DOTQMAIL_MAILDIR : DOTQMAIL_MBOX, p, n};
		return true;
	case '&':
		*line = (struct dotqmail_line){DOTQMAIL_FORWARD, p + 1, n - 1};
		return true;
	}
	*line = (struct dotqmail_line){DOTQMAIL_FORWARD, p, n};
	return true;
}

bool dotqmail_next(const char *text, size_t n, size_t *at, struct dotqmail_line *line)
{
	while (*at < n) {
		const char *p = text + *at;
		const char *lf = memchr(p, '\n', n - *at);
		size_t len = lf != NULL ? (size_t)(lf - p) : n - *at;

		*at += len + (lf != NULL);
		while (len > 0 && (p[len - 1] == ' ' || p[len - 1] == '\t'))
			len--;
		if (len > 0 && classify(p, len, line))
			return true;
	}
	return false;
}

const char *dotqmail_word(enum dotqmail_kind kind)
{
	static const char *const words[] = {
		[DOTQMAIL_FORWARD] = "forward",
		[DOTQMAIL_MAILDIR] = "maildir",
		[DOTQMAIL_MBOX] = "mbox",
		[DOTQMAIL_PROGRAM] = "program",
	};

	return words[kind];
}
