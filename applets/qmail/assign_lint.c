/* assign_lint - lines of users/assign that qmail-newu accepts silently although they are certainly wrong. */
#include "qmail/assign_lint.h"

#include "qmail/names.h"

static const char *const whys[] = {
	[ASSIGN_TRAP_SIGN] = "begins with neither = nor +: qmail drops the first byte and reads the line as an = entry; "
	                     "fix or remove it",
	[ASSIGN_TRAP_DASH] = "the + name does not end with a dash, but the dash field has one: "
			     "every extension will begin with a dash; add the dash to the end of the name",
	[ASSIGN_TRAP_DOT] = "a dot in the first column ends the table here: this line and all after it are ignored; "
	                    "remove the dot",
	[ASSIGN_TRAP_BEHIND] = "after the final dot, so this line and all after it are ignored; "
	                       "move the dot to the end of the file",
	[ASSIGN_TRAP_CAPITAL] = "the + name ends in a capital letter: qmail looks up lower case only and never finds it; "
	                        "use lower case",
};

static void note(struct assign_lint *lint, size_t trap, size_t number)
{
	size_t n = lint->trap[trap].n++;

	if (n < ASSIGN_LINT_LINES)
		lint->trap[trap].line[n] = number;
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* qmail-pw2u -c allows a separator other than '-', so a name that ends in other punctuation is not reported. */
static bool lacks_dash(const struct assign_line *l, char last)
{
	bool is_letter = (last >= 'a' && last <= 'z') || is_capital(last) || (last >= '0' && last <= '9');

	return is_letter && l->dash.n == 1 && l->dash.p[0] == '-';
}

void assign_lint_entry(struct assign_lint *lint, size_t number, const struct assign_line *l)
{
	char last;

	if (!l->wildcard && l->sign != '=')
		note(lint, ASSIGN_TRAP_SIGN, number);
	if (!l->wildcard || l->local.n == 0)
		return;
	last = l->local.p[l->local.n - 1];
	lint->ends_in[(unsigned char)last] = true;
	if (is_capital(last))
		note(lint, ASSIGN_TRAP_CAPITAL + (size_t)(last - 'A'), number);
	if (lacks_dash(l, last))
		note(lint, ASSIGN_TRAP_DASH, number);
}

static bool is_blank(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r'))
		n--;
	return n == 0;
}

void assign_lint_end(struct assign_lint *lint, const struct feed_line *l)
{
	if (!is_blank(l->p + 1, l->n - 1))
		note(lint, ASSIGN_TRAP_DOT, l->number);
}

/* Reported once, and not after ASSIGN_TRAP_DOT, which reports the same. */
void assign_lint_behind(struct assign_lint *lint, const struct feed_line *l)
{
	if (!is_blank(l->p, l->n) && lint->trap[ASSIGN_TRAP_DOT].n == 0 && lint->trap[ASSIGN_TRAP_BEHIND].n == 0)
		note(lint, ASSIGN_TRAP_BEHIND, l->number);
}

/* A + name that ends in a capital letter does match when another + name ends in its lower-case form. */
static bool counts(const struct assign_lint *lint, size_t trap)
{
	return trap < ASSIGN_TRAP_CAPITAL || !lint->ends_in[(unsigned char)('a' + (trap - ASSIGN_TRAP_CAPITAL))];
}

static const char *why_of(size_t trap)
{
	return whys[trap < ASSIGN_TRAP_CAPITAL ? trap : ASSIGN_TRAP_CAPITAL];
}

bool assign_lint_next(const struct assign_lint *lint, size_t *at, size_t *line, const char **why)
{
	for (; *at < ASSIGN_TRAPS * ASSIGN_LINT_LINES; (*at)++) {
		size_t trap = *at / ASSIGN_LINT_LINES, i = *at % ASSIGN_LINT_LINES;

		if (i >= lint->trap[trap].n || !counts(lint, trap))
			continue;
		(*at)++;
		*line = lint->trap[trap].line[i];
		*why = why_of(trap);
		return true;
	}
	return false;
}

void assign_lint_say(const struct ctx *ctx, const char *name, const struct assign_lint *lint)
{
	for (size_t trap = 0; trap < ASSIGN_TRAPS; trap++) {
		size_t n = counts(lint, trap) ? lint->trap[trap].n : 0;

		for (size_t i = 0; i < n && i < ASSIGN_LINT_LINES; i++)
			ctx_warn(ctx, "%s%s:%zu: %s", ctx->root, name, lint->trap[trap].line[i], why_of(trap));
		if (n > ASSIGN_LINT_LINES)
			ctx_warn(ctx, "%s%s: %zu more lines like these", ctx->root, name, n - ASSIGN_LINT_LINES);
	}
}
