/* recipients - lists of valid recipients besides rcpthosts, and whether qv-rcpt is asked. */
#include "qmail/recipients.h"

#include <string.h>

#include "check/internal.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/conf.h"
#include "qmail/lines.h"

static const char blanks[] = " \t\r|";

/* The first word of a line that is the path of qv-rcpt itself, and not of a program with a longer name. False: it has none. */
static bool path_of(const char *line, size_t n, char *path, size_t size)
{
	static const char name[] = "/qv-rcpt";
	const size_t len = strlen(name);
	size_t word;

	for (size_t at = 0; at < n && *line != '#'; at += word + 1) {
		for (word = 0; at + word < n && strchr(blanks, line[at + word]) == NULL; word++)
			;
		if (word >= len && word < size && line[at] == '/' && memcmp(line + at + word - len, name, len) == 0) {
			join_part(path, size, line + at, word);
			return true;
		}
	}
	return false;
}

/* Does a line of the file run qv-rcpt? */
static bool runs_it(struct check *c, const char *file)
{
	struct buf text = BUF(CONTROL_MAX);
	struct lines l = {0};
	char path[512];
	struct stat st;
	bool runs = false;
	size_t n;

	fs_slurp(c->ctx, file, &text, NULL); /* what cannot be read runs nothing */
	lines_take(&l, &text);
	for (size_t i = 0; i < l.n && !runs; i++) {
		const char *line = lines_at(&l, i, &n);

		runs = path_of(line, n, path, sizeof path);
		if (!runs)
			continue;
		if (fs_stat(c->ctx, path, &st) == 1)
			check_found(c,
			            &(struct finding){CHECK_ERROR, "no-rcpt", file, i + 1, check_edit(c, file, i + 1)},
			            "%s does not exist: no recipient is checked, or none is accepted", path);
		else
			ctx_verbose(c->ctx, "%s%s:%zu: qv-rcpt is asked for each recipient", c->ctx->root, file, i + 1);
	}
	c->ctx->err = (struct err){0};
	lines_free(&l);
	buf_free(&text);
	return runs;
}

static const char *const askers[] = {QMAIL_CONTROL "rcptchecks", QMAIL_CONTROL "smtpplugins",
                                     QMAIL_CONTROL "recipients"};

enum { ASKERS = sizeof askers / sizeof *askers };

/* RCPTCHECK and QMAILQUEUE are in an environment that is not known here. */
static void check_askers(struct check *c, bool asks[ASKERS])
{
	bool any = false;

	for (size_t i = 0; i < ASKERS; i++) {
		asks[i] = runs_it(c, askers[i]);
		any |= asks[i];
	}
	if (!any)
		ctx_verbose(c->ctx, "no control file runs qv-rcpt: recipients are only checked if qmail-smtpd's environment "
		                    "has it in RCPTCHECK or QMAILQUEUE");
}

void check_recipients(struct check *c)
{
	const char *path;
	size_t at = 0;
	bool asks[ASKERS];

	check_askers(c, asks);
	while ((path = recipients_next(c->ctx, &at)) != NULL)
		if (!asks[ASKERS - 1] || strcmp(path, askers[ASKERS - 1]) != 0)
			check_found(c, &(struct finding){CHECK_WARNING, "recipients", path, 0, ""},
			            "a qmail-smtpd that reads this file (s/qmail, or a validrcptto patch) refuses every recipient "
			            "that it does not list; qvmail does not maintain it: add new domains and addresses there, or "
			            "remove it");
}
