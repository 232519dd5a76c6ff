/*
 * list_domain - the addresses of one domain.
 *
 * Every name by which an address could exist is a candidate: .qmail files, the host's own list, single entries of the
 * tables. Each is then asked for, so that too many do no harm. Where the candidates cannot be all, the domain is not
 * listed: an address that nobody has exists, or begins with the same as one that does.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "lib/dents.h"
#include "qmail/dotqmail.h"
#include "qmail/localparts.h"
#include "qmail/names.h"
#include "qmail/rcpt.h"
#include "rcpt/internal.h"
#include "rcpt/list_internal.h"

/* The name of nobody; without a hyphen, for which no -default counts. */
static const char nobody[] = "qv=nobody=rcpt";

struct domain {
	struct rcpt *r;
	const struct rcpt_single *single;
	const char *host;
	struct sorted names; /* local parts that may exist */
	bool all;            /* they are not all */
	/* of an address that nobody has, up to nobody's name: */
	struct buf base;     /* what users/cdb is searched for, in lower case */
	struct buf file;     /* the name of its .qmail file */
};

/* *exists: it is not certain that it does not. 0 or -1 */
static int ask(struct domain *d, const char *before, const char *after, bool *exists)
{
	struct buf address = BUF(RCPT_TEXT_MAX);
	struct rcpt_answer a;
	int r;

	buf_printf(&address, "%s%s@%s", before, after, d->host);
	r = rcpt_ask(d->r, buf_text(&address), &a);
	*exists = r < 0 || a.verdict != RCPT_NO;
	if (r == 0 && a.verdict == RCPT_UNSURE)
		ctx_info(d->r->ctx, "%s: listed, but it is not certain that it exists: %s",
		         before[0] != '\0' ? buf_text(&address) : strchr(buf_text(&address), '@'), a.why);
	if (r == 0 && buf_failed(&address))
		r = err_temp(&d->r->ctx->err, "out of memory");
	buf_free(&address);
	return r;
}

static void add(struct domain *d, const char *p, size_t n)
{
	char name[NAME_MAX + 1];

	d->all |= n >= sizeof name;
	for (size_t i = 0; i < n && !d->all; i++) {
		d->all |= (unsigned char)p[i] <= ' ' || (unsigned char)p[i] >= 127; /* it would break the line, or be missed in it */
		name[i] = name_fold(p[i]);
	}
	if (n > 0 && !d->all)
		sorted_add(&d->names, name, n);
}

/* Cut nobody's name off. False: something else became of it. */
static bool cut(struct buf *b)
{
	size_t tail = strlen(nobody);

	if (b->len < tail || memcmp(b->p + b->len - tail, nobody, tail) != 0)
		return false;
	b->len -= tail;
	b->p[b->len] = '\0';
	return true;
}

/* d->base and d->file */
static bool whose(struct domain *d, const struct rcpt_way *w)
{
	size_t at = 0, host = rcpt_host(buf_text(&w->rewritten), w->rewritten.len);

	buf_add(&d->base, buf_text(&w->rewritten), host - 1);
	for (size_t i = 0; i < d->base.len; i++)
		d->base.p[i] = name_fold(d->base.p[i]);
	return dotqmail_candidate(w->owner.dash, w->owner.ext, &at, &d->file) && cut(&d->file) && cut(&d->base) &&
	       d->base.len > 0;
}

/* The tables have more for names that begin with this. */
static void add_single(struct domain *d)
{
	const struct sorted *users = &d->single->user, *begin = &d->single->begin, *virtual = &d->single->virtual;
	const char *base = buf_text(&d->base);
	struct buf key = BUF(RCPT_TEXT_MAX);
	size_t n = d->base.len, i;

	for (i = sorted_from(users, base); i < users->n && strncmp(users->at[i], base, n) == 0; i++)
		add(d, users->at[i] + n, strlen(users->at[i] + n));
	for (i = sorted_from(begin, base); i < begin->n && strncmp(begin->at[i], base, n) == 0; i++)
		d->all |= begin->at[i][n] != '\0';
	buf_printf(&key, "%s@", d->host);
	for (i = sorted_from(virtual, buf_text(&key)); i < virtual->n; i++) {
		if (strncmp(virtual->at[i], buf_text(&key), key.len) != 0)
			break;
		add(d, virtual->at[i] + key.len, strlen(virtual->at[i] + key.len));
	}
	buf_free(&key);
}

/* A user of the system whose name begins with this gets mail that the owner does not. */
static void look_at_passwd(struct domain *d)
{
	int errnum;
	const struct mapped *m = rcpt_file(d->r, RCPT_PASSWD, &errnum);
	const char *p = m->p, *end = p + m->n;

	while (p != NULL && p < end && !d->all) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		d->all = (size_t)(end - p) > d->base.len && memcmp(p, buf_text(&d->base), d->base.len) == 0;
		p = lf != NULL ? lf + 1 : NULL;
	}
}

/* The rest of a .qmail file's name: dots are colons there. A directory has addresses with a slash. */
static int add_file(struct domain *d, const char *rest, bool directory)
{
	static const char tail[] = "-default";
	size_t n = strlen(rest);
	char name[NAME_MAX + 1];
	bool exists = false;
	int r = 0;

	if (n >= sizeof name)
		return 0;
	for (size_t i = 0; i <= n; i++)
		name[i] = rest[i] == ':' ? '.' : rest[i];
	add(d, name, n);
	d->all |= directory;
	if (n >= strlen(tail) && strcmp(name + n - strlen(tail), tail) == 0) {
		name[n - strlen(tail) + 1] = '\0';
		r = ask(d, name, nobody, &exists);
		d->all |= exists;
	}
	return r;
}

static bool is_directory(int dir, const struct dent *e)
{
	struct stat st;

	return fstatat(dir, e->name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static int add_files(struct domain *d, int home)
{
	struct dents e;
	const struct dent *f;
	int r = 0;

	dents_begin(&e, openat(home, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	d->all |= e.fd < 0;
	while (r == 0 && e.fd >= 0 && !d->all && (f = dents_next(&e)) != NULL)
		if (strncmp(f->name, buf_text(&d->file), d->file.len) == 0)
			r = add_file(d, f->name + d->file.len, is_directory(home, f));
	d->all |= e.failed;
	if (e.fd >= 0)
		close(e.fd);
	return r;
}

/* A dial-up host's own list. */
static void add_list(struct domain *d, int home)
{
	struct mapped m;
	size_t at = 0, number = 0, len;
	const char *entry;

	add(d, "postmaster", strlen("postmaster"));
	if (mapped_open_at(home, LOCALPARTS_FILE, MAPPED_READ, &m) == 0)
		while (localparts_next(m.p, m.n, &at, &number, &entry, &len)) {
			d->all |= entry[len - 1] == '*';
			add(d, entry, len);
		}
	mapped_close(&m);
}

static int add_home(struct domain *d, const struct rcpt_way *w)
{
	struct as_user v = {.ctx = d->r->ctx, .uid = w->owner.uid, .gid = w->owner.gid};
	struct as_user_at at = {.fd = -1, .dir = -1};
	int r = 0;

	d->all |= as_user_walk(&v, NULL, w->owner.home, &at) != 0;
	if (!d->all)
		add_list(d, at.fd);
	if (!d->all)
		r = add_files(d, at.fd);
	as_user_end(&at);
	return r;
}

/* An address that does not exist has an owner all the same. */
static int add_names(struct domain *d)
{
	struct rcpt_answer a;
	struct rcpt_way w = {.r = d->r, .a = &a, .rewritten = BUF(RCPT_TEXT_MAX)};
	struct buf address = BUF(RCPT_TEXT_MAX);
	int e;

	w.owner = (struct lookup){.key = BUF(RCPT_TEXT_MAX), .data = BUF(RCPT_TEXT_MAX)};
	buf_printf(&address, "%s@%s", nobody, d->host);
	e = rcpt_send(&w, buf_text(&address));
	if (e == 0)
		e = rcpt_owner(&w);
	d->all = e != 0 || !whose(d, &w);
	if (!d->all)
		add_single(d);
	if (!d->all && w.by_passwd)
		look_at_passwd(d);
	if (!d->all)
		e = add_home(d, &w);
	lookup_free(&w.owner);
	buf_free(&w.rewritten);
	buf_free(&address);
	return e < 0 ? -1 : 0;
}

static bool has_percenthack(struct domain *d)
{
	int errnum;
	const struct mapped *m = rcpt_file(d->r, RCPT_PERCENTHACK, &errnum);
	struct constmap map = {.p = m->p, .n = m->p != NULL ? m->n : 0};
	struct constmap_entry e;

	return constmap_find(&map, CONSTMAP_LIST, d->host, strlen(d->host), &e);
}

static int put(struct domain *d, struct buf *out)
{
	bool exists;
	int r = 0;

	if (d->all) {
		buf_printf(out, "@%s\n", d->host);
		return 0;
	}
	if (sorted_ready(&d->names) < 0)
		return err_temp(&d->r->ctx->err, "out of memory");
	for (size_t i = 0; r == 0 && i < d->names.n; i++) {
		r = ask(d, d->names.at[i], "", &exists);
		if (r == 0 && exists)
			buf_printf(out, "%s@%s\n", d->names.at[i], d->host);
	}
	return r;
}

int rcpt_list_domain(struct rcpt *r, const struct rcpt_single *single, const char *host, struct buf *out)
{
	struct domain d = {.r = r, .single = single, .host = host, .names = SORTED(RCPT_LIST_MAX)};
	int e = 0;

	d.base = d.file = BUF(RCPT_TEXT_MAX);
	d.all = *host == '.' || has_percenthack(&d);
	if (!d.all)
		e = ask(&d, "", nobody, &d.all);
	if (e == 0 && !d.all)
		e = add_names(&d);
	if (e == 0)
		e = put(&d, out);
	sorted_free(&d.names);
	buf_free(&d.base);
	buf_free(&d.file);
	return e;
}
