/* dialups - dial-up hosts: where their mail waits, and where it is to go. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "check/check.h"
#include "lib/fs.h"
#include "qmail/customers.h"
#include "qmail/envelope.h"
#include "qmail/maildir.h"
#include "qmail/relayhost.h"

enum { HEADS_MAX = 1000 /* messages of a host whose first lines are looked at */ };

static void check_relayhost(struct check *c, const struct domain *d)
{
	struct buf text = BUF(65536);
	struct relayhost hosts;
	char path[900], mend[1300];
	int r;

	snprintf(path, sizeof path, "%s/RELAYHOST", d->home);
	snprintf(mend, sizeof mend, "echo %s >%s", d->name.text, path);
	r = fs_slurp(c->ctx, path, &text, NULL);
	if (r < 0)
		check_unreadable(c, path);
	if (r == 1)
		check_found(c, &(struct finding){CHECK_ERROR, "no-relayhost", path, 0, mend},
		            "is missing: the mail of %s is never sent on", d->name.text);
	if (r == 0 && relayhost_parse(&c->ctx->err, path, buf_text(&text), text.len, &hosts) < 0) {
		check_found(c, &(struct finding){CHECK_ERROR, "bad-relayhost", path, 0, mend},
		            "%s: the mail of %s is never sent on", c->ctx->err.text, d->name.text);
		c->ctx->err = (struct err){0};
	}
	buf_free(&text);
}

static bool is_sendable(int new, const char *name, const char *prefix, const char **why)
{
	int fd = openat(new, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char head[ENVELOPE_HEAD];
	struct envelope e;
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);

	if (fd >= 0)
		close(fd);
	*why = "it cannot be read";
	return n >= 0 && envelope_parse(head, (size_t)n, prefix, &e, why) == 0;
}

static void check_mail(struct check *c, const struct domain *d, const char *path, int new)
{
	struct maildir_list list;
	char prefix[sizeof d->id + 1], file[1400], mend[1200];
	const char *why;
	time_t oldest;

	if (maildir_list(new, &list) < 0) {
		err_sys(&c->ctx->err, "unable to list %s", path);
		check_unreadable(c, path);
		return;
	}
	snprintf(prefix, sizeof prefix, "%s-", d->id);
	for (size_t i = 0; i < list.n && i < HEADS_MAX; i++) {
		if (is_sendable(new, maildir_name(&list, i), prefix, &why))
			continue;
		snprintf(file, sizeof file, "%s/%s", path, maildir_name(&list, i));
		check_found(c, &(struct finding){CHECK_ERROR, "unsendable", file, 0, "read it, and move it away"},
		            "cannot be sent: %s; it stays for ever", why);
	}
	oldest = list.n > 0 ? maildir_age(&list, 0, time(NULL)) : 0;
	snprintf(mend, sizeof mend, "qv-status %s; qv-flush %s", d->name.text, d->home);
	if (oldest > c->change.conf.warn)
		check_found(c, &(struct finding){CHECK_WARNING, "late", path, 0, mend},
		            "%zu messages wait, the oldest for %lld seconds: %s was not reached, or does not take them", list.n,
		            (long long)oldest, d->name.text);
	maildir_free(&list);
}

static void check_new(struct check *c, const struct domain *d)
{
	char path[900];
	struct stat st;
	int new, r;

	snprintf(path, sizeof path, "%s/Maildir/new", d->home);
	r = fs_stat(c->ctx, path, &st);
	if (r != 0)
		return; /* check_maildir() has said it */
	new = fs_dir(c->ctx, path);
	if (new < 0) {
		check_unreadable(c, path);
		return;
	}
	check_mail(c, d, path, new);
	close(new);
}

static void check_dialup(struct check *c, const struct domain *d)
{
	char path[900];
	struct stat st;

	if (fs_stat(c->ctx, d->home, &st) != 0)
		return; /* homes.c has said it */
	check_relayhost(c, d);
	snprintf(path, sizeof path, "%s/Maildir", d->home);
	check_maildir(c, path);
	check_new(c, d);
}

/* A directory that nothing leads to gets no mail, and what waits in it is flushed with a guessed prefix. */
static void check_orphan(struct check *c, const char *name)
{
	char path[900], mend[1300];
	struct domain d;

	routing_look(&c->change.routing, &c->change.conf, name, &d);
	snprintf(path, sizeof path, "%s/%s", c->change.conf.serialmail, name);
	if (d.form == DOMAIN_DIALUP && strcmp(d.home, path) == 0)
		return;
	snprintf(mend, sizeof mend, "qv-domain add dialup %s HANDLE, or remove %s", name, path);
	check_found(c, &(struct finding){CHECK_WARNING, "nobodys-host", path, 0, mend},
	            "no domain leads there: no mail arrives in it");
}

void check_dialups(struct check *c)
{
	const struct routing *r = &c->change.routing;
	struct customers all;
	struct name_domain name;
	struct domain d;

	for (size_t at = 0; routing_next(r, &at, &name);) {
		routing_look(r, &c->change.conf, name.text, &d);
		if (d.form == DOMAIN_DIALUP)
			check_dialup(c, &d);
	}
	if (customers_load(c->ctx, &c->change.conf, &all) < 0)
		check_unreadable(c, c->change.conf.serialmail);
	for (size_t i = 0; i < all.n; i++)
		check_orphan(c, customers_name(&all, i));
	customers_free(&all);
}
