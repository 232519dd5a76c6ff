/* export_dialup - a dial-up host and what the files in its home say, as a command. */
#include <stdio.h>
#include <string.h>

#include "dialup/attempt.h"
#include "dialup/call.h"
#include "dialup/marks.h"
#include "dialup/relayhost.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "lib/opt.h"
#include "dialup/refusals.h"
#include "move/export_homes.h"
#include "qmail/localparts.h"
#include "qmail/quota.h"

/* The text of a file in a dial-up host's home; 1: it is not there. */
static int text_of(struct export *x, const struct domain *d, const char *name, struct buf *text)
{
	char path[900];

	join(path, sizeof path, d->home, "/", name, NULL);
	return fs_slurp(x->ctx, path, text, NULL);
}

static void not_file(struct export *x, const struct domain *d, const char *name)
{
	char path[900];

	join(path, sizeof path, d->home, "/", name, NULL);
	buf_printf(&x->last, "# not exported: %s: cannot be expressed as a command\n", path);
}

/* " --relayhost A --relayhost B"; without, the host itself. False: there are other lines too. */
static bool relayhosts(const struct domain *d, const struct buf *text, struct buf *out)
{
	const char *line = buf_text(text);
	struct name_host h;
	char host[300];
	int n = 0;

	if (strncmp(line, d->name.text, strlen(d->name.text)) == 0 && strcmp(line + strlen(d->name.text), "\n") == 0)
		return true;
	for (; *line != '\0' && n < RELAYHOST_MAX; n++) {
		size_t len = strcspn(line, "\n");

		join_part(host, sizeof host, line, len);
		if (line[len] != '\n' || len >= sizeof host || name_split_relay(host, &h) < 0)
			return false;
		buf_printf(out, " --relayhost %s", host);
		line += len + 1;
	}
	return n > 0 && *line == '\0';
}

static int relayhost(struct export *x, const struct domain *d)
{
	struct buf text = BUF(CONTROL_MAX), out = BUF(CONTROL_MAX);
	int r = text_of(x, d, "RELAYHOST", &text);

	if (r == 0 && relayhosts(d, &text, &out))
		buf_str(&x->out, buf_text(&out));
	else if (r >= 0)
		not_file(x, d, "RELAYHOST");
	buf_free(&text);
	buf_free(&out);
	return r;
}

static int lifetime(struct export *x, const struct domain *d)
{
	struct buf text = BUF(CONTROL_MAX);
	char again[32];
	long seconds;
	int r = text_of(x, d, DOMAIN_LIFETIME, &text);

	if (r == 0) {
		snprintf(again, sizeof again, "%.*s", (int)strcspn(buf_text(&text), "\n"), buf_text(&text));
		if (opt_number(again, INT32_MAX, &seconds) == 0)
			buf_printf(&x->out, " --lifetime %ld", seconds);
		else
			not_file(x, d, DOMAIN_LIFETIME);
	}
	buf_free(&text);
	return r;
}

static int quota(struct export *x, const struct domain *d)
{
	struct buf text = BUF(CONTROL_MAX);
	struct quota q;
	int r = text_of(x, d, QUOTA_FILE, &text);

	if (r == 0 && quota_parse(buf_text(&text), text.len, &q) < 0)
		not_file(x, d, QUOTA_FILE);
	else if (r == 0)
		buf_printf(&x->out, " --quota %lld,%lld", (long long)q.messages, (long long)q.bytes);
	buf_free(&text);
	return r;
}

/* "--add joe,ann": the list of its addresses. False: it has other lines, or none. */
static bool put_recipients(const struct buf *text, struct buf *out)
{
	size_t at = 0, number = 0, len;
	const char *entry, *between = " --add ";

	for (; localparts_next(buf_text(text), text->len, &at, &number, &entry, &len); between = ",") {
		if (localparts_bad(entry, len) != NULL)
			return false;
		buf_str(out, between);
		buf_add(out, entry, len);
	}
	return *between == ',';
}

static int recipients(struct export *x, const struct domain *d)
{
	struct buf text = BUF(CONTROL_MAX), out = BUF(CONTROL_MAX);
	int r = text_of(x, d, LOCALPARTS_FILE, &text);

	if (r == 0 && put_recipients(&text, &out))
		buf_printf(&x->out, "domain recipients %s%s\n", d->name.text, buf_text(&out));
	else if (r == 0)
		not_file(x, d, LOCALPARTS_FILE);
	buf_free(&text);
	buf_free(&out);
	return r;
}

int export_dialup(struct export *x, const struct domain *d)
{
	static const char *const known[] = {"RELAYHOST", "Maildir", ".qmail-default", ATTEMPT_FILE, CALL_FILE, DOMAIN_PAUSED,
	                                    DOMAIN_ON_DEMAND, DOMAIN_LIFETIME, LOCALPARTS_FILE, QUOTA_FILE, QUOTA_FULL,
	                                    REFUSALS_FILE, NULL};
	struct buf text = BUF(CONTROL_MAX);
	int r;

	buf_printf(&x->out, "domain add dialup %s", d->name.text);
	if (strcmp(d->user, x->change->conf.popuser) != 0)
		buf_printf(&x->out, " %s", d->user);
	if (d->subdomains)
		buf_str(&x->out, " --subdomains");
	if (relayhost(x, d) < 0 || lifetime(x, d) < 0 || quota(x, d) < 0)
		return -1;
	if (text_of(x, d, DOMAIN_ON_DEMAND, &text) == 0)
		buf_str(&x->out, " --on-demand");
	buf_char(&x->out, '\n');
	if (text_of(x, d, DOMAIN_PAUSED, &text) == 0)
		buf_printf(&x->out, "domain pause %s\n", d->name.text);
	if (recipients(x, d) < 0)
		return -1;
	r = text_of(x, d, ".qmail-default", &text);
	if (strcmp(buf_text(&text), "./Maildir/\n") != 0)
		not_file(x, d, ".qmail-default");
	buf_free(&text);
	return r < 0 ? -1 : export_other_files(x, d, known);
}
