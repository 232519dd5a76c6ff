/* callers - users/qv-trigger: who may call for the mail of which dial-up host. */
#include "setup/callers.h"

#include <string.h>
#include <unistd.h>

#include "check/internal.h"
#include "lib/join.h"
#include "lib/same.h"

static void found_at(struct check *c, const char *name, size_t i, const char *mend, const char *who, const char *what)
{
	check_found(c, &(struct finding){CHECK_WARNING, name, CALLER_FILE, i + 1, mend}, "%s %s", who, what);
}

static bool is_dialup(const struct check *c, const char *host)
{
	const struct conf *conf = &c->change.conf;
	char home[900];
	struct domain d;

	join(home, sizeof home, conf->serialmail, "/", host, NULL);
	routing_look(&c->change.routing, conf, host, &d);
	return d.form == DOMAIN_DIALUP && strcmp(d.home, home) == 0;
}

static void check_host(struct check *c, const struct callers *t, size_t i, const struct caller *caller)
{
	size_t n = strlen(caller->host);

	if (lines_find(&t->lines, LINES_MAP, caller->host, 0) < i)
		found_at(c, "same-host", i, check_edit(c, CALLER_FILE, i + 1),
		         caller->host, "has a line above: both count, but qv-domain trigger changes only the first");
	else if (!is_dialup(c, caller->host))
		found_at(c, "no-host", i, check_delete(c, CALLER_FILE, i + 1, caller->host, n),
		         caller->host, "is not a dial-up host: who calls for it gets nothing");
}

/* The last line with a user's secret is the one that counts. */
static void check_user(struct check *c, const struct callers *t, size_t i, const struct caller *caller)
{
	struct cram first;

	if (*caller->user != '\0' && callers_secret(t, caller->user, &first) && !same_bytes(&first, &caller->cram, sizeof first))
		found_at(c, "two-secrets", i, check_edit(c, CALLER_FILE, i + 1),
		         caller->user, "has another secret in a line above: only the last one lets him in");
}

static void check_lines(struct check *c, const struct callers *t)
{
	struct caller caller;
	const char *p, *why;
	size_t n;

	for (size_t i = 0; i < t->lines.n; i++) {
		p = lines_at(&t->lines, i, &n);
		switch (caller_parse(p, n, &caller, &why)) {
		case CALLER_HOST:
			check_host(c, t, i, &caller);
			check_user(c, t, i, &caller);
			break;
		case CALLER_BAD:
			check_found(c, &(struct finding){CHECK_ERROR, "bad-line", CALLER_FILE, i + 1, check_edit(c, CALLER_FILE, i + 1)},
			            "%s: nobody may call by this line", why);
			break;
		case CALLER_NOTHING:
			break;
		}
	}
	explicit_bzero(&caller, sizeof caller);
}

void check_callers(struct check *c)
{
	struct callers t;

	if (geteuid() == 0)
		check_secret(c, CALLER_FILE, "log in, and be sent a customer's mail");
	if (callers_load(c->ctx, &t) < 0)
		check_unreadable(c, CALLER_FILE);
	else
		check_lines(c, &t);
	callers_free(&t);
}
