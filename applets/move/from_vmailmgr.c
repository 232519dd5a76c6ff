/* from_vmailmgr - a user's home with passwd.cdb: the users of all domains that virtualdomains gives to him. */
#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/join.h"
#include "move/adopt_id.h"
#include "move/moved.h"
#include "move/vmailmgr.h"
#include "qmail/cdbwalk.h"

/* The state of an import. */
struct place {
	struct moved *m;
	const char *name; /* a domain; the others share its files */
	struct addresses have;
	bool has_others;  /* a user "+" was seen */
};

static bool find_maildir(struct place *at, const struct vmailmgr_user *v, struct moved_user *u)
{
	char path[3 * NAME_PATH_MAX];
	const char *p = v->maildir;
	struct err e;

	if (*p == '\0')
		return true;
	while (strncmp(p, "./", 2) == 0)
		p += 2;
	if (*p == '/' || strlen(p) > NAME_PATH_MAX)
		return false;
	join(path, sizeof path, at->m->dir, "/", p, NULL);
	return name_maildir(&e, path, u->maildir) == 0;
}

/* An address without a domain is in the one that the mail came for. */
static void forwards(struct place *at, const struct vmailmgr_user *v, struct moved_user *u)
{
	const char *me = at->m->change->conf.me;
	const char *p, *next = NULL;
	char target[600];
	size_t n;

	while ((p = vmailmgr_forward(v, &next, &n)) != NULL) {
		const char *sign = memchr(p, '@', n);

		snprintf(target, sizeof target, "%.*s%s%s", (int)(n < 300 ? n : 300), p, sign == NULL ? "@" : "",
		         sign == NULL ? at->name : sign == p + n - 1 ? me : "");
		moved_target(at->m, at->name, u, target, n < 300 ? strlen(target) : n);
	}
}

static void warn(struct place *at, const struct vmailmgr_user *v, const struct moved_user *u)
{
	if (v->has_quota)
		ctx_warn(at->m->ctx, "%s@%s: its quota is not kept", u->local, at->name);
	if (v->expires)
		ctx_warn(at->m->ctx, "%s@%s: its expiry date is not kept", u->local, at->name);
	if (!v->enabled && *u->maildir != '\0')
		ctx_warn(at->m->ctx, "%s@%s: was disabled, and its mail discarded; now its mail is kept, and its login suspended", u->local,
		         at->name);
}

/* "+" is everybody whom nobody else is. */
static void others(struct place *at, const struct moved_user *u)
{
	at->has_others = true;
	if ((*u->maildir != '\0') + u->n != 1)
		ctx_warn(at->m->ctx, "%s/.qmail-default is kept: \"+\" is not delivered to exactly one Maildir or address", at->m->dir);
	else if (u->n == 1)
		buf_printf(&at->m->out, "mailbox default %s%s --force\n", at->name, buf_text(&u->targets));
	else
		buf_printf(&at->m->out, "mailbox default %s maildir %s --force\n", at->name, u->maildir);
}

static int user(struct place *at, const char *path, const struct cdbwalk *w, bool of_others)
{
	struct moved_user u = {.targets = BUF(1 << 16)};
	struct buf data = BUF(1 << 20);
	struct vmailmgr_user v;

	snprintf(u.local, sizeof u.local, "%.*s", (int)(w->keylen < NAME_MAX ? w->keylen : NAME_MAX), w->key);
	buf_add(&data, w->data, w->datalen);
	if (buf_failed(&data) && w->datalen < data.max) {
		buf_free(&data);
		return err_temp(&at->m->ctx->err, "out of memory");
	}
	if (buf_failed(&data) || memchr(w->key, '\0', w->keylen) != NULL || data.p == NULL ||
	    vmailmgr_user(data.p, data.len, &v) < 0) {
		buf_free(&data);
		return err_perm(&at->m->ctx->err, "%s%s: invalid vmailmgr record of \"%.60s\"", at->m->ctx->root, path,
		                u.local);
	}
	if ((strcmp(u.local, "+") == 0) == of_others) {
		u.hash = v.hash;
		u.hashlen = strcmp(v.hash, "*") != 0 ? strlen(v.hash) : 0;
		u.suspended = !v.enabled;
		if (!find_maildir(at, &v, &u))
			ctx_warn(at->m->ctx, "%s@%s: its Maildir %.300s is not below %s: left out", u.local, at->name, v.maildir,
			         at->m->dir);
		forwards(at, &v, &u);
		warn(at, &v, &u);
		if (of_others)
			others(at, &u);
		else
			moved_user(at->m, at->name, at->m->dir, &at->have, &u);
	}
	buf_free(&u.targets);
	buf_free(&data);
	return 0;
}

static int all_users(struct place *at, const char *path, const struct buf *bytes, bool of_others)
{
	struct cdbwalk w;
	int r = 0;

	cdbwalk_begin(&w, buf_text(bytes), bytes->len);
	while (r == 0 && cdbwalk_next(&w))
		r = user(at, path, &w, of_others);
	return r == 0 && w.bad ? err_perm(&at->m->ctx->err, "%s%s is not a valid cdb", at->m->ctx->root, path) : r;
}

/* vdeliver bounces what is for nobody; everybody else has a file of his own by now. */
static void take_default(struct place *at)
{
	for (size_t i = 0; i < at->have.n && !at->has_others; i++)
		if (strcmp(at->have.address[i].local, "default") == 0 &&
		    strstr(buf_text(&at->have.address[i].text), "vdeliver") != NULL)
			buf_printf(&at->m->out, "mailbox default %s bounce --force\n", at->name);
}

static int users(struct place *at, const char *path, const struct buf *bytes)
{
	int r = addresses_load(at->m->ctx, at->m->dir, "", &at->have);

	if (r == 0)
		r = all_users(at, path, bytes, false);
	if (r == 0)
		r = all_users(at, path, bytes, true);
	if (r == 0)
		take_default(at);
	addresses_free(&at->have);
	return r;
}

/* 1, 0, or -1 */
static int is_his(struct moved *m, struct domain *d)
{
	int r = 0;

	if (d->form == DOMAIN_VIRTUAL && *d->home == '\0')
		r = adopt_id(m->ctx, &m->change->routing, d);
	if (r != 0)
		return r < 0 ? -1 : 0;
	return d->form == DOMAIN_VIRTUAL && strcmp(d->home, m->dir) == 0;
}

/* Those that virtualdomains gives him; the first one's name in first. */
static int domains_of_home(struct moved *m, struct name_domain *first)
{
	struct name_domain name;
	struct domain d;
	int r = 0;

	for (size_t at = 0; r >= 0 && routing_next(&m->change->routing, &at, &name);) {
		routing_look(&m->change->routing, &m->change->conf, name.text, &d);
		r = is_his(m, &d);
		if (r <= 0)
			continue;
		if (*d.ext != '\0') {
			ctx_warn(m->ctx, "%s: left out: its users are in an extension, not in %s/passwd.cdb", name.text,
			         m->dir);
			continue;
		}
		moved_domain(m, name.text, m->dir);
		if (*first->text == '\0')
			*first = name;
	}
	return r < 0 ? -1 : 0;
}

static int find_domains(struct moved *m, struct name_domain *first)
{
	struct name_domain name;

	first->text[0] = '\0';
	for (int i = 0; i < m->n; i++) {
		if (name_domain(&m->ctx->err, m->domain[i], &name) < 0)
			return -1;
		moved_domain(m, name.text, m->dir);
		if (i == 0)
			*first = name;
	}
	if (m->n == 0 && domains_of_home(m, first) < 0)
		return -1;
	if (*first->text == '\0')
		return err_perm(
			&m->ctx->err,
			"no domain of " QMAIL_CONTROL "virtualdomains is delivered in %s: name those that are, after DIR", m->dir);
	return 0;
}

int from_vmailmgr(struct moved *m)
{
	struct buf bytes = BUF(CONTROL_MAX);
	char path[NAME_PATH_MAX + 16];
	struct name_domain first;
	struct place at = {.m = m, .name = first.text};
	int r;

	join(path, sizeof path, m->dir, "/passwd.cdb", NULL);
	r = fs_slurp(m->ctx, path, &bytes, NULL);
	if (r == 1)
		r = err_perm(&m->ctx->err, "%s%s is not a home of vmailmgr: no passwd.cdb in it", m->ctx->root, m->dir);
	if (r == 0)
		r = find_domains(m, &first);
	if (r == 0)
		r = users(&at, path, &bytes);
	buf_free(&bytes);
	return r;
}
