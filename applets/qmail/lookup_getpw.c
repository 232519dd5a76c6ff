/* lookup_getpw - users of the system, as qmail-getpw(8) finds them: "joe", and "joe-anything". */
#include <errno.h>
#include <string.h>

#include "qmail/conf.h"
#include "qmail/lookup.h"
#include "qmail/names.h"
#include "qmail/passwd.h"

enum { NAME_SIZE = 32 /* qmail-getpw does not look up longer names */ };

/* 0: the user owns its home directory; 1: no such user; -1 */
static int look(const struct as_user *v, const char *passwd, size_t n, const char *name, struct passwd_user *u)
{
	char home[PATH_MAX] = "";
	struct as_user_at at, dir;
	int r;

	if (!passwd_find(passwd, n, name, u) || u->uid == 0 || u->homelen >= sizeof home)
		return 1;
	memcpy(home, u->home, u->homelen);
	r = as_user_answer(v, QMAIL_HOME, as_user_walk(v, NULL, QMAIL_HOME, &dir)); /* qmail-getpw's working directory, for a home that is not an absolute path */
	if (r == 0) {
		r = as_user_answer(v, home, as_user_walk(v, &dir, home, &at));
		if (r == 0 && at.st.st_uid != u->uid)
			r = 1;
		as_user_end(&at);
	}
	as_user_end(&dir);
	return r < 0 ? -1 : r != 0;
}

static void fill(struct lookup *to, const char *name, const struct passwd_user *u, const char *dash, const char *ext)
{
	size_t home, rest;

	buf_str(&to->key, name);
	buf_add(&to->data, name, strlen(name) + 1);
	home = to->data.len;
	buf_add(&to->data, u->home, u->homelen);
	buf_char(&to->data, '\0');
	rest = to->data.len;
	buf_str(&to->data, ext);
	to->user = buf_text(&to->data);
	to->home = to->user + home;
	to->dash = dash;
	to->ext = buf_failed(&to->data) ? "" : to->user + rest;
	to->uid = u->uid;
	to->gid = u->gid;
}

/* What fill() has made is whole. */
static int filled(const struct as_user *v, const struct lookup *l)
{
	if (!buf_failed(&l->data) && !buf_failed(&l->key))
		return 0;
	return err_temp(&v->ctx->err, "out of memory");
}

/* The first n bytes of local in lower case. */
static void folded(const char *local, size_t n, char *name)
{
	for (size_t i = 0; i < n; i++)
		name[i] = name_fold(local[i]);
	name[n] = '\0';
}

int lookup_getpw(const struct as_user *v, const char *passwd, size_t n, const char *local, struct lookup *to)
{
	char name[NAME_SIZE];
	struct passwd_user u;
	int r;

	*to = (struct lookup){.kind = LOOKUP_GETPW, .key = BUF(CONTROL_MAX), .data = BUF(CONTROL_MAX)};
	for (size_t i = strlen(local) + 1; i-- > 0;) {
		if (i >= sizeof name || (local[i] != '\0' && local[i] != '-'))
			continue;
		folded(local, i, name);
		r = look(v, passwd, n, name, &u);
		if (r == 0)
			fill(to, name, &u, local[i] != '\0' ? "-" : "", local + i + (local[i] != '\0'));
		if (r <= 0)
			return r < 0 ? -1 : filled(v, to);
	}
	to->kind = LOOKUP_ALIAS;
	if (!passwd_find(passwd, n, "alias", &u))
		return 1;
	fill(to, "alias", &u, "-", local);
	return filled(v, to);
}
