/*
 * assign - one line of users/assign.
 *
 * The checks run in qmail-newu's order, because the order decides what is accepted: a dot in the first column ends the
 * table before anything else is checked. Comments, blank lines and indentation do not exist; any first byte other than
 * '+' is dropped and the line is read as '='. Seven colons are needed; the rest of the line is not read.
 */
#include "qmail/assign.h"

#include "lib/find.h"

static enum assign_kind bad(const char **why, const char *what)
{
	*why = what;
	return ASSIGN_BAD;
}

static const char *unterminated(size_t n)
{
	if (n == 0)
		return "the table has no end; put a line with a single dot here";
	return "no newline at the end of the last line, and the table has no end; put a line with a single dot after it";
}

static const char *no_colon(const char *line, size_t n)
{
	if (n == 0)
		return "blank line, which qmail-newu does not accept; remove it";
	if (line[0] == '#')
		return "qmail-newu does not accept comments; remove this line";
	return "no colon, expected =local: or +prefix: and user:uid:gid:home:dash:ext:";
}

static const char *too_few(size_t fields)
{
	static const char *const whys[] = {
		"0 fields after the name, expected 6 (user:uid:gid:home:dash:ext:)",
		"1 field after the name, expected 6 (user:uid:gid:home:dash:ext:)",
		"2 fields after the name, expected 6 (user:uid:gid:home:dash:ext:)",
		"3 fields after the name, expected 6 (user:uid:gid:home:dash:ext:)",
		"4 fields after the name, expected 6 (user:uid:gid:home:dash:ext:)",
		"5 fields after the name, expected 6 (user:uid:gid:home:dash:ext:), each with its colon",
	};

	return whys[fields];
}

/* The bytes up to the next colon, which is skipped. False: no colon follows. */
static bool next_field(const char **p, const char *end, struct assign_field *f)
{
	const char *colon = find_byte(*p, ':', (size_t)(end - *p));

	if (colon == NULL)
		return false;
	*f = (struct assign_field){*p, (size_t)(colon - *p)};
	*p = colon + 1;
	return true;
}

enum assign_kind assign_parse(const char *line, size_t n, bool terminated, struct assign_line *l, const char **why)
{
	struct assign_field *const fields[] = {&l->user, &l->uid, &l->gid, &l->home, &l->dash, &l->ext};
	const char *p = line, *end = line + n;

	if (n > 0 && line[0] == '.')
		return ASSIGN_END;
	if (!terminated)
		return bad(why, unterminated(n));
	if (find_byte(line, '\0', n) != NULL)
		return bad(why, "a NUL byte, which qmail-newu does not accept; remove it");
	if (!next_field(&p, end, &l->local))
		return bad(why, no_colon(line, n));
	if (line[0] == ':')
		return bad(why, "begins with a colon, expected =local: or +prefix: first");
	l->sign = line[0];
	l->wildcard = line[0] == '+';
	l->local.p++;
	l->local.n--;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (!next_field(&p, end, fields[i]))
			return bad(why, too_few(i));
	return ASSIGN_ENTRY;
}

uint32_t assign_id(const struct assign_field *f)
{
	uint32_t n = 0;

	for (size_t i = 0; i < f->n && f->p[i] >= '0' && f->p[i] <= '9'; i++)
		n = n * 10 + (uint32_t)(f->p[i] - '0');
	return n;
}
