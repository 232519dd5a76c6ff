/* dialups - dial-up hosts: where their mail waits, and where it is sent. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "box/which.h"
#include "check/internal.h"
#include "dialup/attempt.h"
#include "dialup/hosts.h"
#include "dialup/relayhost.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/envelope.h"
#include "qmail/maildir.h"
#include "routing/where.h"

enum { HEADS_MAX = 1000 /* messages of a host; only their first lines are read */ };

/* The error begins with ":LINE: ", or with ": " if it is of the whole file. */
static void report_relayhost(struct check *c, const struct domain *d, const char *path)
{
	char *why = c->ctx->err.text + 1;
	size_t line = strtoul(why, &why, 10);

	why += strspn(why, ": ");
	check_found(c,
	            &(struct finding){CHECK_ERROR, "bad-relayhost", path, line, check_edit(c, path, line > 0 ? line : 1)},
	            "%s: mail for %s is never sent", why, d->name.text);
	c->ctx->err = (struct err){0};
}

static void check_relayhost(struct check *c, const struct domain *d)
{
	struct buf text = BUF(65536);
	struct relayhost hosts;
	struct stat st;
	char path[900];
	int r;

	join(path, sizeof path, d->home, "/RELAYHOST", NULL);
	r = fs_slurp(c->ctx, path, &text, &st);
	if (r < 0)
		check_unreadable(c, path);
	if (r == 1)
		check_found(c, &(struct finding){CHECK_ERROR, "no-relayhost", path, 0,
		                                 check_command(c, "echo ", d->name.text, " >", path, CHECK_END)},
		            "is missing: mail for %s is never sent", d->name.text);
	if (r == 0 && relayhost_parse(&c->ctx->err, "", buf_text(&text), text.len, &hosts) < 0)
		report_relayhost(c, d, path);
	if (r == 0 && st.st_mode & 022) {
		check_found(c, &(struct finding){CHECK_ERROR, "writable", path, 0, NULL},
		            "others may write it: other users can redirect mail for %s", d->name.text);
		plan_give(&c->change.owners, path, &(struct owner){st.st_mode & 07755, (uid_t)-1, (gid_t)-1});
	}
	buf_free(&text);
}

static void check_strange(struct check *c, const struct domain *d, const char *path, const struct maildir_list *list)
{
	char file[1400], more[48] = "";

	if (list->strange == 0)
		return;
	join(file, sizeof file, path, "/", list->stranger, NULL);
	if (list->strange > 1)
		snprintf(more, sizeof more, " (and %zu more like it)", list->strange - 1);
	check_found(c, &(struct finding){CHECK_WARNING, "not-a-message", file, 0,
	                                 check_command(c, "mv -n ", file, " ", d->home, " # and look at it", CHECK_END)},
	            "is a FIFO, a directory or a symbolic link%s: it is never sent, and never bounced", more);
}

/* As qv-flush reads it, which runs as popusr. */
static bool is_sendable(const struct as_user *v, int new, const char *name, const char *prefix, const char **why)
{
	struct stat st;
	int fd = openat(new, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char head[ENVELOPE_HEAD];
	struct envelope e;
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);

	*why = "it cannot be read";
	if (fd >= 0 && fstat(fd, &st) == 0 && !as_user_may(v, &st, 4)) {
		*why = "it belongs to another user, who does not let others read it";
		n = -1;
	}
	if (fd >= 0)
		close(fd);
	return n >= 0 && envelope_parse(head, (size_t)n, prefix, &e, why) == 0;
}

static void check_mail(struct check *c, const struct domain *d, const char *path, int new)
{
	const struct as_user v = check_popusr(c);
	struct maildir_list list;
	char prefix[sizeof d->id + 1], file[1400];
	const char *why;
	time_t oldest;

	if (maildir_list(new, &list) < 0) {
		err_sys(&c->ctx->err, "unable to list %s", path);
		check_unreadable(c, path);
		return;
	}
	join(prefix, sizeof prefix, d->id, "-", NULL);
	for (size_t i = 0; i < list.n && i < HEADS_MAX; i++) {
		if (is_sendable(&v, new, maildir_name(&list, i), prefix, &why))
			continue;
		join(file, sizeof file, path, "/", maildir_name(&list, i), NULL);
		check_found(c, &(struct finding){CHECK_ERROR, "unsendable", file, 0,
		                                 check_command(c, "mv -n ", file, " ", d->home, " # and read it", CHECK_END)},
		            "cannot be sent: %s; it waits forever", why);
	}
	check_strange(c, d, path, &list);
	oldest = list.n > 0 ? maildir_age(&list, 0, time(NULL)) : 0;
	if (oldest > c->change.conf.warn)
		check_found(c,
		            &(struct finding){CHECK_WARNING, "late", path, 0,
		                              check_command(c, "qv-flush", check_root, " ", check_quoted, d->home, CHECK_END)},
		            "%zu messages wait, the oldest for %lld seconds: %s was not reached, or does not accept them", list.n,
		            (long long)oldest, d->name.text);
	maildir_free(&list);
}

static void check_new(struct check *c, const struct domain *d)
{
	char path[900];
	struct stat st;
	int new, r;

	join(path, sizeof path, d->home, "/Maildir/new", NULL);
	r = fs_stat(c->ctx, path, &st);
	if (r != 0)
		return; /* check_maildir() has reported it */
	new = fs_dir(c->ctx, path);
	if (new < 0) {
		check_unreadable(c, path);
		return;
	}
	check_mail(c, d, path, new);
	close(new);
}

/* Mail that .qmail-default delivers elsewhere never waits for this host. */
static void check_default(struct check *c, const struct domain *d)
{
	struct buf text = BUF(CONTROL_MAX);
	struct dotqmail_line l;
	struct box box;
	char path[900], maildir[900];
	bool waits = false;

	join(path, sizeof path, d->home, "/.qmail-default", NULL);
	join(maildir, sizeof maildir, d->home, "/Maildir", NULL);
	if (fs_slurp(c->ctx, path, &text, NULL) == 0 && text.len > 0) {
		for (size_t at = 0; dotqmail_next(buf_text(&text), text.len, &at, &l);)
			waits |= box_of_line(&l, d->home, &box) == 0 && strcmp(box.path, maildir) == 0;
		if (!waits && !check_noted(&c->boxes, maildir))
			check_found(c,
			            &(struct finding){CHECK_WARNING, "not-kept", path, 1,
			                              check_edit(c, path, 1)},
			            "does not deliver into ./Maildir/: no mail waits there for %s", d->name.text);
	}
	c->ctx->err = (struct err){0};
	buf_free(&text);
}

/* What its server answered last time, and what that means for the mail. */
static void check_server(struct check *c, const struct domain *d)
{
	char path[900];
	struct attempt l;

	join(path, sizeof path, d->home, "/" ATTEMPT_FILE, NULL);
	attempt_read(c->ctx, d->home, &l);
	if (l.wanted > 0)
		check_found(c, &(struct finding){CHECK_ERROR, "unwilling", path, 0, ""},
		            "the server of %s accepts no mail from here, and all of it waits: %s", d->name.text, l.wants);
	if (l.braked > 0)
		check_found(c,
		            &(struct finding){CHECK_ERROR, "braked", path, 0,
		                              check_command(c, "qv-flush --bounce-all", check_root, " ", check_quoted, d->home,
		                                            " # if it is right to refuse", CHECK_END)},
		            "the server of %s has refused all mail: mail that it refuses now is kept, not bounced", d->name.text);
	if (*l.limit != '\0' && l.limited + ATTEMPT_MEMORY >= time(NULL))
		check_found(c, &(struct finding){CHECK_WARNING, "simpler", path, 0, ""},
		            "mail for %s is sent at most %s: %s", d->name.text, l.limit, l.reason);
}

static void check_dialup(struct check *c, const struct domain *d)
{
	char path[900];
	struct stat st;

	if (fs_stat(c->ctx, d->home, &st) != 0 || check_noted(&c->blocked, d->home))
		return; /* homes.c has reported it */
	check_relayhost(c, d);
	check_default(c, d);
	join(path, sizeof path, d->home, "/Maildir", NULL);
	check_maildir(c, path, path, 0, true);
	check_new(c, d);
	check_server(c, d);
	check_refusals(c, d);
}

/* A line of virtualdomains or users/assign leads there, or should. */
static bool is_meant(const struct check *c, const char *name)
{
	const struct routing *r = &c->change.routing;
	size_t at = routing_line(r, ROUTING_VIRTUALDOMAINS, name), n = 0;

	if (at != LINES_NONE)
		lines_value(&r->file[ROUTING_VIRTUALDOMAINS].lines, at, &n);
	return n > 0 || routing_assign_line(r, name) != LINES_NONE || check_noted(&c->dead_ids, name);
}

/* A directory that no domain uses gets no mail; mail that waits in it is flushed with a guessed prefix. */
static void check_orphan(struct check *c, const char *name)
{
	char path[900];
	struct domain d;

	routing_look(&c->change.routing, &c->change.conf, name, &d);
	join(path, sizeof path, c->change.conf.serialmail, "/", name, NULL);
	if (d.form == DOMAIN_DIALUP && strcmp(d.home, path) == 0)
		return;
	if (is_meant(c, name))
		return; /* what prevents it has been reported */
	check_found(c,
	            &(struct finding){CHECK_WARNING, "nobodys-host", path, 0,
	                              check_command(c, "qv-domain add dialup ", check_quoted, name, check_root,
	                                            " # or remove the directory", CHECK_END)},
	            "no domain uses this directory: no mail arrives in it");
}

void check_dialups(struct check *c)
{
	const struct routing *r = &c->change.routing;
	struct hosts all;
	struct name_domain name;
	struct domain d;

	for (size_t at = 0; routing_next(r, &at, &name);) {
		routing_look(r, &c->change.conf, name.text, &d);
		if (d.form == DOMAIN_DIALUP)
			check_dialup(c, &d);
	}
	if (hosts_load(c->ctx, &c->change.conf, &all) < 0)
		check_unreadable(c, c->change.conf.serialmail);
	for (size_t i = 0; i < all.n; i++)
		check_orphan(c, hosts_name(&all, i));
	hosts_free(&all);
}
