/* export_virtual - a domain in a home that others laid out, and its addresses, as commands. */
#include <stdio.h>
#include <string.h>

#include "box/home.h"
#include "box/which.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "move/export_homes.h"
#include "qmail/dotqmail.h"

const char *export_odd_virtual(const struct domain *d)
{
	char path[NAME_PATH_MAX + 1];
	struct name_domain id;
	struct err e;

	if (*d->home == '\0' || domain_is_plain(&e, d) < 0 || d->uid == 0)
		return "its virtualdomains lines cannot be expressed as a command";
	if (name_path(&e, d->home, path) < 0 || strcmp(path, d->home) != 0)
		return "qv-domain does not accept its home";
	if (name_domain(&e, d->id, &id) < 0 || name_user(&e, d->user) < 0)
		return "qv-domain does not accept its id or user";
	return NULL;
}

static void domain(struct export *x, const struct domain *d)
{
	buf_printf(&x->out, "domain add virtual %s %s --owner %lu:%lu --user %s --id %s", d->name.text, d->home,
	           (unsigned long)d->uid, (unsigned long)d->gid, d->user, d->id);
	if (*d->ext != '\0')
		buf_printf(&x->out, " --ext %s", d->ext);
	buf_printf(&x->out, "%s\n", d->subdomains ? "" : " --no-subdomains");
}

/* Numbers that qvmail gave out there. */
static int boxes(struct export *x, const struct domain *d)
{
	char last[900];
	struct boxes b;
	struct stat st;
	int r;

	domain_boxes(d, &b);
	join(last, sizeof last, b.dir, "/.qv-last", NULL);
	r = fs_stat(x->ctx, last, &st);
	if (r == 0)
		export_handle(x, &b, d);
	return r < 0 ? -1 : 0;
}

/* Every forward of the file, word before each; their number, -1: one is no address. */
static int targets(const struct address *a, const char *word, struct buf *out)
{
	struct dotqmail_line l;
	char target[600];
	struct err e;
	int n = 0;

	for (size_t at = 0; dotqmail_next(buf_text(&a->text), a->text.len, &at, &l);) {
		if (l.kind != DOTQMAIL_FORWARD)
			continue;
		snprintf(target, sizeof target, "%.*s", (int)(l.n < sizeof target ? l.n : sizeof target), l.value);
		if (l.n >= sizeof target || name_target(&e, target) < 0)
			return -1;
		buf_printf(out, "%s%s", word, target);
		n++;
	}
	return n;
}

/* The Maildir of this file, as import takes it; NULL: it has none, or more than that. */
static const char *maildir(const struct domain *d, const struct address *a, struct box *box)
{
	char path[NAME_PATH_MAX + 1];
	struct err e;

	return box_of_text(buf_text(&a->text), a->text.len, d->home, box) == 0 && name_maildir(&e, box->path, path) == 0
	           ? box->path
	           : NULL;
}

static void catch_all(struct export *x, const struct domain *d, const struct address *a)
{
	struct buf to = BUF(CONTROL_MAX);
	struct dotqmail_line l;
	struct box box;
	size_t at = 0;
	int n = targets(a, " ", &to);

	if (n == 0 && maildir(d, a, &box) != NULL) {
		buf_printf(&x->last, "mailbox default %s maildir %s\n", d->name.text, box.path);
		export_made(x, box.path);
	} else if (n == 1 && address_forwards(buf_text(&a->text), a->text.len)) {
		buf_printf(&x->out, "mailbox default %s%s\n", d->name.text, buf_text(&to));
	} else if (a->text.len > 0 && *a->text.p == '#' && !dotqmail_next(buf_text(&a->text), a->text.len, &at, &l)) {
		buf_printf(&x->out, "mailbox default %s discard\n", d->name.text);
	} else {
		export_not_address(x, d, a);
	}
	buf_free(&to);
}

static void one(struct export *x, const struct domain *d, const struct address *a)
{
	char text[NAME_MAX + sizeof d->name.text + 2];
	struct buf to = BUF(CONTROL_MAX), copies = BUF(CONTROL_MAX);
	struct name_address checked;
	struct box box;
	struct err e;
	bool said;
	int n = targets(a, " ", &to);

	name_whole(a->local, d->name.text, text, sizeof text);
	targets(a, " --copy ", &copies);
	said = name_address(&e, text, &checked) == 0 && n >= 0;
	if (said && n <= 16 && maildir(d, a, &box) != NULL) {
		buf_printf(&x->out, "mailbox add %s --maildir %s%s\n", text, box.path, buf_text(&copies));
		export_made_for(x, box.path, d, a);
	} else if (said && address_forwards(buf_text(&a->text), a->text.len)) {
		buf_printf(&x->out, "mailbox forward %s%s\n", text, buf_text(&to));
	} else {
		export_not_address(x, d, a);
	}
	buf_free(&to);
	buf_free(&copies);
}

int export_virtual(struct export *x, const struct domain *d)
{
	struct addresses all;
	int r = domain_addresses(x->ctx, d, &all);

	domain(x, d);
	for (size_t i = 0; r == 0 && i < all.n; i++)
		if (all.address[i].is_link)
			export_not_address(x, d, &all.address[i]);
		else if (strcmp(all.address[i].local, "default") == 0)
			catch_all(x, d, &all.address[i]);
		else
			one(x, d, &all.address[i]);
	addresses_free(&all);
	return r == 0 ? boxes(x, d) : r;
}
