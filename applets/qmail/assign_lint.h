/*
 * assign_lint - lines of users/assign that qmail-newu accepts silently although they are certainly wrong.
 *
 *	struct assign_lint lint = {0};
 *
 *	assign_digest_fd(ctx, name, from, fd, &lint)
 *	assign_lint_say(ctx, name, &lint);		a warning a line, "FILE:LINE: ..."
 *
 * For each kind, ten lines are named and the rest are counted, so memory is fixed. Duplicate keys, of which the first
 * wins, are not reported: that would need memory for every key.
 */
#ifndef QMAIL_ASSIGN_LINT_H
#define QMAIL_ASSIGN_LINT_H

#include "lib/ctx.h"
#include "lib/feed.h"
#include "qmail/assign.h"

enum assign_trap {
	ASSIGN_TRAP_SIGN,    /* neither '=' nor '+': a comment, or indented */
	ASSIGN_TRAP_DASH,    /* dash field set, + name without final dash: extensions begin with '-' */
	ASSIGN_TRAP_DOT,     /* ".example.com..." ends the table */
	ASSIGN_TRAP_BEHIND,  /* lines after the end */
	ASSIGN_TRAP_CAPITAL, /* a + name ending in 'A', and so on to 'Z': matches only if another ends in 'a' */
	ASSIGN_TRAPS = ASSIGN_TRAP_CAPITAL + 26,
};

enum { ASSIGN_LINT_LINES = 10 };

struct assign_lint {
	/* private */
	struct {
		size_t line[ASSIGN_LINT_LINES];
		size_t n;
	} trap[ASSIGN_TRAPS];
	bool ends_in[256];
};

void assign_lint_entry(struct assign_lint *lint, size_t number, const struct assign_line *l);
void assign_lint_end(struct assign_lint *lint, const struct feed_line *l);
void assign_lint_behind(struct assign_lint *lint, const struct feed_line *l);

/* Iterate over the named lines; start with *at = 0. */
bool assign_lint_next(const struct assign_lint *lint, size_t *at, size_t *line, const char **why);

void assign_lint_say(const struct ctx *ctx, const char *name, const struct assign_lint *lint);

#endif
