/* dotqmail - .qmail files: their names and their instructions, as in dot-qmail(5). */
#include "qmail/dotqmail.h"

#include <string.h>

#include "lib/join.h"

static const char prefix[] = ".qmail-";

void dotqmail_name(const char *local, struct dotqmail_name *name)
{
	char *to = name->text + join(name->text, sizeof name->text, prefix, local, NULL) - strlen(local);

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
			return -1; /* qmail only looks for names with colons and lower-case letters */
		*local++ = *name == ':' ? '.' : *name;
	}
	*local = '\0';
	return 0;
}

static bool classify(const char *p, size_t n, struct dotqmail_line *line)
{
	switch (p[0]) {
	case '\0':
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

/* The next line without its newline and trailing blanks. */
static bool next_line(const char *text, size_t n, size_t *at, const char **p, size_t *len)
{
	const char *lf;

	if (*at >= n)
		return false;
	*p = text + *at;
	lf = memchr(*p, '\n', n - *at);
	*len = lf != NULL ? (size_t)(lf - *p) : n - *at;
	*at += *len + (lf != NULL);
	while (*len > 0 && ((*p)[*len - 1] == ' ' || (*p)[*len - 1] == '\t'))
		--*len;
	return true;
}

bool dotqmail_next(const char *text, size_t n, size_t *at, struct dotqmail_line *line)
{
	const char *p;
	size_t len;

	while (next_line(text, n, at, &p, &len))
		if (len > 0 && classify(p, len, line))
			return true;
	return false;
}

/* Why this line stops qmail-local, or NULL. */
static const char *refused(const struct dotqmail_run *run, const struct dotqmail_line *line)
{
	if (run->forward_only && line->kind == DOTQMAIL_PROGRAM)
		return "Uh-oh: .qmail has prog delivery but has x bit set. (#4.7.0)";
	if (run->forward_only && line->kind != DOTQMAIL_FORWARD)
		return "Uh-oh: .qmail has file delivery but has x bit set. (#4.7.0)";
	return NULL;
}

static bool is_list(const char *p, size_t n)
{
	static const char list[] = "+list";

	return n >= strlen(list) && memcmp(p, list, strlen(list)) == 0 && (n == strlen(list) || p[strlen(list)] == '\0');
}

bool dotqmail_obey(struct dotqmail_run *run, struct dotqmail_line *line)
{
	const char *p;
	size_t len;

	while (run->why == NULL && next_line(run->text, run->n, &run->at, &p, &len)) {
		run->line++;
		if (run->line == 1 && (len == 0 || *p == '\0'))
			run->why = "Uh-oh: first line of .qmail file is blank. (#4.2.1)";
		else if (is_list(p, len))
			run->forward_only = true;
		else if (len > 0 && classify(p, len, line)) {
			run->why = refused(run, line);
			return run->why == NULL;
		}
	}
	return false;
}

static void add_safe(struct buf *b, const char *ext, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_char(b, ext[i] == '.' ? ':' : name_fold(ext[i]));
}

bool dotqmail_candidate(const char *dash, const char *ext, size_t *at, struct buf *name)
{
	size_t n = strlen(ext), i;

	if (*at == n + 2)
		return false;
	buf_free(name);
	buf_printf(name, ".qmail%s", dash);
	if (*at == 0) {
		add_safe(name, ext, n);
		*at = 1;
		return true;
	}
	for (i = n + 1 - *at; i > 0 && ext[i - 1] != '-'; i--)
		;
	add_safe(name, ext, i);
	buf_str(name, "default");
	*at = n + 2 - i;
	return true;
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
