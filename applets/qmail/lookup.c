/* lookup - which user gets the mail: users/cdb, searched as by qmail-lspawn(8). */
#include "qmail/lookup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fs.h"
#include "qmail/assign.h"
#include "qmail/conf.h"
#include "qmail/constmap.h"
#include "qmail/names.h"

const char *lookup_word(enum lookup_kind kind)
{
	static const char *const words[] = {
		[LOOKUP_SIMPLE] = "simple",
		[LOOKUP_WILDCARD] = "wildcard",
		[LOOKUP_GETPW] = "getpw",
		[LOOKUP_ALIAS] = "alias",
	};

	return words[kind];
}

void lookup_free(struct lookup *l)
{
	buf_free(&l->key);
	buf_free(&l->data);
}

/* The field at *at; *at moves past its NUL. False: no NUL follows. */
static bool next_field(const struct buf *b, size_t *at, const char **field)
{
	const char *nul = *at < b->len ? memchr(b->p + *at, '\0', b->len - *at) : NULL;

	if (nul == NULL)
		return false;
	*field = b->p + *at;
	*at = (size_t)(nul - b->p) + 1;
	return true;
}

/* user, uid, gid, home, dash; the rest is ext, up to a NUL. */
static int split(struct lookup *l)
{
	const char *uid, *gid;
	size_t at = 0;

	buf_char(&l->data, '\0');
	if (buf_failed(&l->data) || !next_field(&l->data, &at, &l->user) || !next_field(&l->data, &at, &uid) ||
	    !next_field(&l->data, &at, &gid) || !next_field(&l->data, &at, &l->home) ||
	    !next_field(&l->data, &at, &l->dash) || !next_field(&l->data, &at, &l->ext))
		return -2;
	l->uid = assign_id(&(struct assign_field){uid, strlen(uid)});
	l->gid = assign_id(&(struct assign_field){gid, strlen(gid)});
	return 0;
}

/* 0 with the data in to->data; 1; -1. key has its "!". */
static int find(const struct cdbfile_view *cdb, const struct buf *key, size_t n, struct lookup *to)
{
	int r;

	buf_free(&to->data);
	r = cdbfile_ask(cdb, key->p, n, &to->data);
	if (r != 0)
		return r;
	buf_add(&to->key, key->p + 1, n > 1 && key->p[n - 1] == '\0' ? n - 2 : n - 1);
	return 0;
}

static int find_wildcard(const struct cdbfile_view *cdb, const struct buf *key, const struct buf *wildchars,
                         const char *local, struct lookup *to)
{
	int r = 1;
	size_t n;

	for (n = key->len - 1; n > 0; n--) {
		if (n > 1 && (wildchars->len == 0 || memchr(wildchars->p, key->p[n - 1], wildchars->len) == NULL))
			continue;
		r = find(cdb, key, n, to);
		if (r != 1)
			break;
	}
	if (r != 0)
		return r;
	to->kind = LOOKUP_WILDCARD;
	buf_str(&to->data, local + n - 1);
	return 0;
}

int lookup_cdb(const struct cdbfile_view *cdb, const char *local, struct lookup *to)
{
	struct buf key = BUF(CONTROL_MAX), wildchars = BUF(CONTROL_MAX);
	int r = cdbfile_ask(cdb, "", 0, &wildchars) == 0 ? 0 : -1;

	*to = (struct lookup){.key = BUF(CONTROL_MAX), .data = BUF(CONTROL_MAX)};
	buf_char(&key, '!');
	for (const char *p = local; *p != '\0'; p++)
		buf_char(&key, name_fold(*p));
	buf_char(&key, '\0');
	if (r == 0 && buf_failed(&key))
		r = -1;
	if (r == 0)
		r = find(cdb, &key, key.len, to);
	if (r == 1)
		r = find_wildcard(cdb, &key, &wildchars, local, to);
	buf_free(&key);
	buf_free(&wildchars);
	return r == 0 ? split(to) : r;
}

bool lookup_open(struct ctx *ctx, struct mapped *m)
{
	struct err kept = ctx->err;
	struct stat assign;
	bool is_new = mapped_open(ctx, QMAIL_CDB, MAPPED_ASKED, m) == 0 && m->p != NULL && fs_stat(ctx, QMAIL_ASSIGN, &assign) == 0 &&
	              !clock_is_before(&m->st.st_mtim, &assign.st_mtim);

	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
	ctx->err = kept;
	return is_new;
}

int lookup_id(const struct mapped *cdb, const char *local, const char *home, char *id, size_t size)
{
	struct lookup l = {0};
	int r = cdb->p == NULL ? -1 : lookup_cdb(&(struct cdbfile_view){.fd = -1, .p = cdb->p, .n = cdb->n}, local, &l);
	const char *key = buf_text(&l.key);
	size_t n = l.key.len;

	if (r == 0 && (l.kind != LOOKUP_WILDCARD || n == 0 || n >= size || key[n - 1] != '-' || strcmp(l.home, home) != 0))
		r = 1;
	if (r == 0)
		memcpy(id, key, n + 1);
	lookup_free(&l);
	return r < 0 ? -1 : r;
}

static bool makes(const struct assign_line *l, const struct lookup *found)
{
	return l->wildcard == (found->kind == LOOKUP_WILDCARD) && l->local.n == found->key.len &&
	       constmap_same(l->local.p, buf_text(&found->key), l->local.n);
}

/* Lines up to the first that is not an entry: qmail-newu reads no further. */
static void read_lines(struct lookup_text *text)
{
	const char *p = text->p, *end = p + text->n, *lf, *why;
	struct assign_line l;

	text->read = true;
	for (size_t line = 1; p < end; line++, p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL || assign_parse(p, (size_t)(lf - p), true, &l, &why) != ASSIGN_ENTRY ||
		    places_add(&text->lines, constmap_hash(l.local.p, l.local.n), (size_t)(p - text->p), line) < 0)
			return;
	}
}

/* The entry there is this one. */
static bool is_at(const struct lookup_text *text, const struct place *p, const struct lookup *found)
{
	const char *line = text->p + p->at, *lf = memchr(line, '\n', text->n - p->at), *why;
	struct assign_line l;

	return lf != NULL && assign_parse(line, (size_t)(lf - line), true, &l, &why) == ASSIGN_ENTRY && makes(&l, found);
}

size_t lookup_line(struct lookup_text *text, const struct lookup *found)
{
	const struct place *p;
	size_t line = 0;

	if (!text->read)
		read_lines(text);
	p = places_last(&text->lines, constmap_hash(buf_text(&found->key), found->key.len));
	for (; p != NULL; p = places_before(&text->lines, p))
		if (is_at(text, p, found))
			line = p->line;
	return line;
}
