/* from_vpopmail_domain - a domain of vpopmail's: its users and passwords, and what becomes of everybody else's mail. */
#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/join.h"
#include "move/moved.h"
#include "move/vpopmail.h"
#include "qmail/cdbwalk.h"
#include "qmail/dotqmail.h"

/* The state of an import. */
struct place {
	struct moved *m;
	const char *name; /* the domain */
	char home[NAME_PATH_MAX + 1];
	struct addresses have;
};

/* vpasswd says where the user's directory was; a tree that was moved still has the same parts behind "domains". */
static bool user_dir(const struct moved *m, const struct vpopmail_user *u, char *to)
{
	char path[NAME_PATH_MAX + 1], moved[2 * NAME_PATH_MAX];
	size_t n = strlen(m->dir);
	const char *tail;
	struct err e;

	if (u->dir.n >= sizeof path)
		return false;
	join_part(path, sizeof path, u->dir.p, u->dir.n);
	tail = strncmp(path, m->dir, n) == 0 && path[n] == '/' ? path + n : strstr(path, "/domains/");
	if (tail == NULL)
		return false;
	join(moved, sizeof moved, m->dir, tail, NULL);
	return name_path(&e, moved, to) == 0;
}

/* One instruction of the user's own .qmail file. True: it is his own Maildir. */
static bool instruction(struct place *at, struct moved_user *u, const char *dir, const struct dotqmail_line *l)
{
	char path[2 * NAME_PATH_MAX];
	size_t n = l->n;

	if (l->kind == DOTQMAIL_FORWARD) {
		moved_target(at->m, at->name, u, l->value, l->n);
		return false;
	}
	while (n > 1 && l->value[n - 1] == '/')
		n--;
	if (l->kind == DOTQMAIL_MAILDIR && n < NAME_PATH_MAX && l->value[0] == '/')
		join_part(path, sizeof path, l->value, n);
	else if (l->kind == DOTQMAIL_MAILDIR && n < NAME_PATH_MAX && strncmp(l->value, "./", 2) == 0)
		snprintf(path, sizeof path, "%s%.*s", dir, (int)n - 1, l->value + 1);
	else
		*path = '\0';
	if (strcmp(path, u->maildir) == 0)
		return true;
	ctx_warn(at->m->ctx, "%s%s/.qmail: %s %.*s is not run for %s@%s any more", at->m->ctx->root, dir,
	         dotqmail_word(l->kind), (int)(l->n < 300 ? l->n : 300), l->value, u->local, at->name);
	return false;
}

/* The user's .qmail file, which vdelivermail reads: copies, perhaps without a Maildir. */
static int user_file(struct place *at, struct moved_user *u, const char *dir)
{
	struct buf text = BUF(1 << 16);
	char path[NAME_PATH_MAX + 16];
	struct dotqmail_line l;
	bool own = false;
	int r;

	join(path, sizeof path, dir, "/.qmail", NULL);
	r = fs_slurp(at->m->ctx, path, &text, NULL);
	for (size_t i = 0; r == 0 && dotqmail_next(buf_text(&text), text.len, &i, &l);)
		own |= instruction(at, u, dir, &l);
	if (r == 0 && !own && u->n > 0) {
		ctx_warn(at->m->ctx, "%s@%s: is forwarded and not kept: nobody can log in to %s any more", u->local, at->name,
		         u->maildir);
		*u->maildir = '\0';
	} else if (r == 0 && !own) {
		ctx_warn(at->m->ctx, "%s@%s: %s%s delivered in a way that qvmail does not support; its mail is kept in %s now", u->local, at->name,
		         at->m->ctx->root, path, u->maildir);
	}
	buf_free(&text);
	return r < 0 ? -1 : 0;
}

static int user(struct place *at, const struct vpopmail_user *v)
{
	struct moved_user u = {.hash = v->hash.p, .hashlen = v->hash.n, .suspended = v->no_pop, .targets = BUF(1 << 16)};
	char dir[NAME_PATH_MAX + 1];
	int r = 0;

	snprintf(u.local, sizeof u.local, "%.*s", (int)(v->name.n < NAME_MAX ? v->name.n : NAME_MAX), v->name.p);
	if (!user_dir(at->m, v, dir) || strlen(dir) + sizeof "/Maildir" > sizeof u.maildir) {
		ctx_warn(at->m->ctx, "%s@%s: left out: its directory %.*s is not below %s/domains", u.local, at->name,
		         (int)(v->dir.n < 300 ? v->dir.n : 300), v->dir.p, at->m->dir);
		return 0;
	}
	snprintf(u.maildir, sizeof u.maildir, "%.*s/Maildir", (int)(sizeof u.maildir - sizeof "/Maildir"), dir);
	if (v->bounces)
		ctx_warn(at->m->ctx, "%s@%s: its mail was bounced by vpopmail; it is delivered now", u.local, at->name);
	if (v->has_quota)
		ctx_warn(at->m->ctx, "%s@%s: the quota %.*s is not kept", u.local, at->name,
		         (int)(v->quota.n < 60 ? v->quota.n : 60), v->quota.p);
	r = user_file(at, &u, dir);
	if (r == 0)
		moved_user(at->m, at->name, at->home, &at->have, &u);
	buf_free(&u.targets);
	return r;
}

static int by_text(struct place *at, const char *path, const struct buf *text)
{
	struct vpopmail_user u;
	size_t number = 0, n;
	const char *colon;

	for (const char *p = buf_text(text), *end = p + text->len; p < end; p += n + 1) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		number++;
		n = (size_t)((lf != NULL ? lf : end) - p);
		if (n == 0)
			continue;
		colon = memchr(p, ':', n);
		if (colon == NULL || memchr(p, '\0', n) != NULL ||
		    vpopmail_user(p, (size_t)(colon - p), colon + 1, n - (size_t)(colon - p) - 1, &u) < 0)
			return err_perm(&at->m->ctx->err, "%s%s:%zu: invalid line of vpasswd: expected NAME:HASH:UID:GID:GECOS:DIR:QUOTA",
			                at->m->ctx->root, path, number);
		if (user(at, &u) < 0)
			return -1;
	}
	return 0;
}

static int by_cdb(struct place *at, const char *path, const struct buf *bytes)
{
	struct vpopmail_user u;
	struct cdbwalk w;

	cdbwalk_begin(&w, buf_text(bytes), bytes->len);
	while (cdbwalk_next(&w)) {
		if (memchr(w.key, '\0', w.keylen + w.datalen) != NULL ||
		    vpopmail_user(w.key, w.keylen, w.data, w.datalen, &u) < 0)
			return err_perm(&at->m->ctx->err, "%s%s: invalid vpasswd record of %.*s", at->m->ctx->root, path,
			                (int)(w.keylen < 60 ? w.keylen : 60), w.key);
		if (user(at, &u) < 0)
			return -1;
	}
	return w.bad ? err_perm(&at->m->ctx->err, "%s%s is not a valid cdb", at->m->ctx->root, path) : 0;
}

static int users(struct place *at)
{
	struct buf text = BUF(CONTROL_MAX);
	char path[NAME_PATH_MAX + 16];
	int r;

	join(path, sizeof path, at->home, "/vpasswd", NULL);
	r = fs_slurp(at->m->ctx, path, &text, NULL);
	if (r == 0)
		r = by_text(at, path, &text);
	if (r == 1) {
		join(path, sizeof path, at->home, "/vpasswd.cdb", NULL);
		r = fs_slurp(at->m->ctx, path, &text, NULL);
		if (r == 0)
			r = by_cdb(at, path, &text);
	}
	if (r == 1)
		r = err_perm(&at->m->ctx->err,
		             "%s%s has neither vpasswd nor vpasswd.cdb: users in a database are put there by vconvert(8)",
		             at->m->ctx->root, at->home);
	buf_free(&text);
	return r;
}

/* What vdelivermail did with mail to unknown users: last, when all users have files of their own. */
static void others(struct place *at)
{
	char where[NAME_PATH_MAX + 1], checked[NAME_PATH_MAX + 1];
	struct buf *out = &at->m->out;
	struct err e;

	for (size_t i = 0; i < at->have.n; i++) {
		const struct address *a = &at->have.address[i];

		if (strcmp(a->local, "default") != 0)
			continue;
		switch (vpopmail_others(buf_text(&a->text), a->text.len, where, sizeof where - sizeof "/Maildir")) {
		case VPOPMAIL_FOREIGN:
			break;
		case VPOPMAIL_BOUNCE:
			buf_printf(out, "mailbox default %s bounce --force\n", at->name);
			break;
		case VPOPMAIL_DELETE:
			buf_printf(out, "mailbox default %s discard --force\n", at->name);
			break;
		case VPOPMAIL_ADDRESS:
			if (name_target(&e, where) == 0)
				buf_printf(out, "mailbox default %s %s --force\n", at->name, where);
			else
				ctx_warn(at->m->ctx, "%s%s/.qmail-default: stays: %s", at->m->ctx->root, at->home, e.text);
			break;
		case VPOPMAIL_MAILDIR:
			if (name_maildir(&e, where, checked) == 0)
				buf_printf(out, "mailbox default %s maildir %s --force\n", at->name, checked);
			else
				ctx_warn(at->m->ctx, "%s%s/.qmail-default: stays: %s", at->m->ctx->root, at->home, e.text);
			break;
		}
	}
}

int from_vpopmail_domain(struct moved *m, const char *name, const char *home)
{
	struct place at = {.m = m, .name = name};
	int r = name_path(&m->ctx->err, home, at.home);

	if (r == 0)
		r = addresses_load(m->ctx, home, "", &at.have);
	if (r == 0) {
		moved_domain(m, name, home);
		r = users(&at);
	}
	if (r == 0)
		others(&at);
	addresses_free(&at.have);
	return r;
}
