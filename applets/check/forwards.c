/* forwards - the addresses that .qmail files forward to: are they valid, and do those that are served here exist? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/boxes.h"
#include "check/internal.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/dotqmail.h"
#include "routing/where.h"

/* RFC 5321 4.1.2, as far as qmail-remote and its DNS could find a host of this name: letters, digits, hyphens and dots, or [1.2.3.4]. */
static bool is_host(const char *p, size_t n)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

	if (n > 2 && *p == '[' && p[n - 1] == ']')
		return true;
	if (n == 0 || *p == '.' || memmem(p, n, "..", 2) != NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\0' || strchr(chars, p[i]) == NULL)
			return false;
	return true;
}

/* One address a line, nothing else; and no path, which begins with a dot or a slash. */
static bool is_address(const char *p, size_t n)
{
	const char *at = memrchr(p, '@', n);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] <= ' ' || p[i] == 127 || strchr(",;<>()", p[i]) != NULL)
			return false;
	if (at == NULL)
		return n > 0 && memchr(p, '/', n) == NULL;
	return at > p && is_host(at + 1, n - (size_t)(at + 1 - p));
}

void check_forward(struct check *c, const char *address, size_t n, const char *file, size_t line, bool maybe)
{
	char number[24];

	if (!is_address(address, n)) {
		check_found(c, &(struct finding){CHECK_ERROR, "bad-address", file, line, check_edit(c, file, line)},
		            "qmail reads this whole line as one address, \"%.*s\": the mail bounces", n < 200 ? (int)n : 200,
		            address);
		return;
	}
	if (maybe)
		return;
	snprintf(number, sizeof number, "%zu", line);
	buf_add(&c->forwards, address, n);
	buf_char(&c->forwards, '\0');
	check_note(&c->forwards, file);
	check_note(&c->forwards, number);
}

/* Find the .qmail file of home that delivers mail for local. False: it does not exist, and the mail bounces. */
static bool find_file(struct check *c, const char *home, const char *local, struct buf *path)
{
	struct buf name = BUF(PATH_MAX);
	bool found = false;
	struct stat st;

	for (size_t at = 0; !found && dotqmail_candidate("-", local, &at, &name);) {
		path->len = 0;
		buf_printf(path, "%s/%s", home, buf_text(&name));
		found = fs_stat(c->ctx, buf_text(path), &st) != 1;
	}
	c->ctx->err = (struct err){0};
	buf_free(&name);
	return found;
}

/* The home with the .qmail files for local@host, if host is served here; NULL: not known. */
static const char *find_home(struct check *c, const char *local, const char *host, struct domain *d)
{
	struct name_domain name;
	char simple[NAME_LOCAL_MAX + 2];
	struct boxes b;

	if (name_domain(&c->ctx->err, host, &name) < 0) {
		c->ctx->err = (struct err){0};
		return NULL;
	}
	join(simple, sizeof simple, "=", local, NULL);
	if (strchr(local, '%') != NULL)
		return NULL; /* percenthack may send it on */
	if (check_is_local(c, name.text))
		return *c->alias == '\0' || check_is_user(c, local) || check_is_assigned(c, local) ||
		               lines_find(&c->change.routing.file[ROUTING_ASSIGN].lines, LINES_ASSIGN, simple, 0) != LINES_NONE
		           ? NULL
		           : c->alias;
	routing_look(&c->change.routing, &c->change.conf, name.text, d);
	if (routing_is_taken(&c->change.routing, local, name.text, d->id))
		return NULL;
	if ((d->form != DOMAIN_POP && d->form != DOMAIN_DIALUP) || strcmp(d->dash, "-") != 0 || *d->ext != '\0')
		return NULL;
	return boxes_of_home(d->home, &b) == 0 && check_noted(&c->doubtful_pops, b.dir)
	           ? NULL
	           : d->home; /* else a finding there may be the cause */
}

/* leads gets where the address leads, if that is another .qmail file here. */
static void check_address(struct check *c, const char *address, const char *file, const char *number, struct buf *leads)
{
	const char *at = strrchr(address, '@'), *home;
	size_t n = at != NULL ? (size_t)(at - address) : strlen(address);
	struct buf path = BUF(PATH_MAX);
	size_t line = strtoul(number, NULL, 10);
	char local[NAME_LOCAL_MAX + 1];
	struct domain d;

	if (n >= sizeof local)
		return;
	for (size_t i = 0; i < n; i++)
		local[i] = name_fold(address[i]);
	local[n] = '\0';
	home = find_home(c, local, at != NULL ? at + 1 : c->change.conf.me, &d);
	if (home == NULL)
		return;
	if (!find_file(c, home, local, &path))
		check_found(c, &(struct finding){CHECK_ERROR, "nobody", file, line, check_edit(c, file, line)},
		            "no such address %s here: forwarded mail bounces", address);
	else if (strcmp(buf_text(&path), file) == 0)
		check_found(c, &(struct finding){CHECK_ERROR, "loop", file, line, check_edit(c, file, line)},
		            "forwards to itself, %s: the mail loops and bounces", address);
	else
		buf_printf(leads, "%s%c%s%c%s%c%s%c", file, 0, buf_text(&path), 0, address, 0, number, 0);
	buf_free(&path);
}

void check_forwards(struct check *c)
{
	const char *address, *file, *line;
	struct buf leads = BUF(UINT32_MAX);

	for (size_t at = 0; !c->homes_missing && !buf_failed(&c->forwards) && at < c->forwards.len;
	     at = (size_t)(line + strlen(line) + 1 - c->forwards.p)) {
		address = c->forwards.p + at;
		file = address + strlen(address) + 1;
		line = file + strlen(file) + 1;
		check_address(c, address, file, line, &leads);
	}
	check_loops(c, &leads);
	buf_free(&leads);
}
