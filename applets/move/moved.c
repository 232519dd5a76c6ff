/* moved - one domain, one user of another mail system as commands of qv-domain import. */
#include "move/moved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/pwhash.h"
#include "box/which.h"
#include "lib/join.h"
#include "lib/printable.h"

enum { COPIES_MAX = 16 }; /* options of one command */

void moved_domain(struct moved *m, const char *domain, const char *home)
{
	struct domain is;

	routing_look(&m->change->routing, &m->change->conf, domain, &is);
	buf_printf(&m->out, "domain add virtual %s %s%s\n", domain, home, is.subdomains ? "" : " --no-subdomains");
}

void moved_target(struct moved *m, const char *domain, struct moved_user *u, const char *p, size_t n)
{
	char target[600];
	struct err e;

	snprintf(target, sizeof target, "%.*s", (int)(n < 500 ? n : 500), p);
	if (n < 500 && u->n < COPIES_MAX && name_target(&e, target) == 0) {
		buf_printf(&u->targets, " %s", target);
		u->n++;
		return;
	}
	ctx_warn(m->ctx, "%s@%s: is not forwarded to %s: %s", u->local, domain, printable(target),
	         u->n < COPIES_MAX ? "not an address" : "too many addresses");
}

static int by_local(const void *key, const void *member)
{
	const struct address *a = member;

	return strcmp(key, a->local);
}

static const struct address *find(const struct addresses *have, const char *local)
{
	return have->n > 0 ? bsearch(local, have->address, have->n, sizeof *have->address, by_local) : NULL;
}

/* Copies are options of an address that has a box, but targets of one that has none. */
static void say_address(struct moved *m, const char *address, const struct moved_user *u)
{
	const char *word = *u->maildir != '\0' ? " --copy " : " ";
	const char *p = buf_text(&u->targets);
	size_t n;

	if (*u->maildir != '\0')
		buf_printf(&m->out, "mailbox add %s --maildir %s", address, u->maildir);
	else
		buf_printf(&m->out, "mailbox forward %s", address);
	for (; *p == ' '; p += n + 1) {
		n = strcspn(p + 1, " ");
		buf_printf(&m->out, "%s%.*s", word, (int)n, p + 1);
	}
	buf_char(&m->out, '\n');
}

/* Is this address delivered into the user's own Maildir? An existing .qmail file decides, and is kept. */
static bool leads_home(const struct address *is, const char *home, const struct moved_user *u)
{
	struct box box;

	if (*u->maildir == '\0')
		return false;
	return is == NULL ||
	       (box_of_text(buf_text(&is->text), is->text.len, home, &box) == 0 && strcmp(box.path, u->maildir) == 0);
}

static void say_login(struct moved *m, const char *address, const struct moved_user *u)
{
	char hash[1024], why[PWHASH_WHY];

	if (pwhash_ok(u->hash, u->hashlen)) {
		buf_printf(&m->out, "mailbox passwd %s %.*s\n", address, (int)u->hashlen, u->hash);
	} else if (u->hashlen > 0) {
		join_part(hash, sizeof hash, u->hash, u->hashlen);
		pwhash_why(hash, strlen(hash), why);
		ctx_warn(m->ctx, "%s: invalid password hash: %s; qv-mailbox passwd %s sets a new password", address, why, address);
	}
	if (u->suspended)
		buf_printf(&m->out, "mailbox suspend %s\n", address);
}

void moved_user(struct moved *m, const char *domain, const char *home, const struct addresses *have,
                const struct moved_user *u)
{
	char text[sizeof u->local + NAME_DOMAIN_MAX + 2], address[sizeof(struct name_address) + 1];
	const struct address *is;
	struct name_address a;
	struct err e;

	m->out.failed |= buf_failed(&u->targets);
	join(text, sizeof text, u->local, "@", domain, NULL);
	if (name_address(&e, text, &a) < 0) {
		ctx_warn(m->ctx, "%s: left out: %s", m->dir, e.text);
		return;
	}
	join(address, sizeof address, a.local, "@", a.domain.text, NULL);
	is = find(have, a.local);
	if (is == NULL && *u->maildir == '\0' && u->n == 0) {
		ctx_warn(m->ctx, "%s: left out: it has neither a Maildir nor a forwarding address", address);
		return;
	}
	if (is == NULL)
		say_address(m, address, u);
	if (leads_home(is, home, u))
		say_login(m, address, u);
	else if (*u->maildir != '\0')
		ctx_warn(m->ctx, "%s: its .qmail file, which is kept, does not deliver into %s: nobody can log in there", address,
		         u->maildir);
}
