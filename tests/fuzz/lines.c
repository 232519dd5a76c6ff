/*
 * lines - control files that are edited and looked up, the routing that they are, and users in etc/passwd.
 *
 * What is edited is what a simple model makes of it; an entry is found where qmail's way of looking finds it.
 */
#include "fuzz.h"
#include "qmail/constmap.h"
#include "qmail/lines.h"
#include "qmail/names.h"
#include "qmail/nss.h"
#include "qmail/passwd.h"
#include "routing/routing.h"
#include "routing/where.h"

static bool same_bytes_as(const struct buf *a, const char *p, size_t n)
{
	return a->len == n && (n == 0 || memcmp(a->p, p, n) == 0);
}

static struct buf text_of(const struct lines *l)
{
	struct buf b = BUF(FUZZ_TEXT);

	lines_render(l, &b);
	check(!lines_failed(l) && !buf_failed(&b), "out of memory");
	return b;
}

/* By its key, each entry is found in the line where constmap finds it. */
static void find_each(const struct lines *l, enum lines_key kind)
{
	struct buf text = text_of(l);
	struct constmap map = {.p = text.p, .n = text.len};
	enum constmap_kind as = kind == LINES_MAP ? CONSTMAP_MAP : CONSTMAP_LIST;
	struct constmap_entry e;
	const char *key;
	size_t n;

	for (size_t i = 0; i < l->n && i < 40; i++) {
		char *s;

		if (!lines_key(l, kind, i, &key, &n))
			continue;
		s = string_of(key, n);
		check(lines_find(l, kind, s, 0) <= i, "the first line with a key is behind one that has it");
		check(constmap_find(&map, as, key, n, &e), "qmail does not find it");
		check(lines_find_last(l, kind, s) == e.line - 1, "qmail finds it in another line");
		free(s);
	}
	buf_free(&text);
}

/* A line each in the model, with its newline. */
static void edit(struct lines *l, const char *p, size_t n)
{
	struct buf before = text_of(l), want = BUF(FUZZ_TEXT), is;
	size_t at = l->n > 0 ? (unsigned char)p[1] % (l->n + 1) : 0, begin = 0, end, len;
	char *by = string_of(p + 2, n - 2);

	for (size_t i = 0; i < at; i++)
		begin += lines_at(l, i, &len) != NULL ? len + 1 : 0;
	begin = begin > before.len ? before.len : begin;
	end = at < l->n && lines_at(l, at, &len) != NULL ? begin + len : begin;
	buf_add(&want, buf_text(&before), begin);
	if (*p == 'i' || at == l->n) {
		if (begin > 0 && want.p[begin - 1] != '\n')
			buf_char(&want, '\n');
		buf_printf(&want, "%s\n", by);
		lines_insert(l, at, by);
		end = begin;
	} else if (*p == 's') {
		buf_str(&want, by);
		lines_splice(l, at, 0, end - begin, by);
	} else {
		lines_remove(l, at);
		end += end < before.len;
	}
	buf_add(&want, buf_text(&before) + end, before.len - end);
	is = text_of(l);
	check(same_bytes_as(&is, want.p, want.len), "edited, it is another text");
	buf_free(&before);
	buf_free(&want);
	buf_free(&is);
	free(by);
}

/* A text, and edits: i, s or r, a byte for the line, and what is put there. */
static void file(struct part in)
{
	struct part rest = in, text = part_next(&rest);
	struct lines l;
	struct buf is;

	lines_parse(&l, text.p, text.n);
	is = text_of(&l);
	check(same_bytes_as(&is, text.p, text.n), "untouched, it is another text");
	buf_free(&is);
	for (int i = 0; i < 20; i++) {
		struct part by;

		if (i > 0 && rest.n == 0)
			break;
		by = part_next(&rest);
		if (by.n >= 2 && memchr(by.p, '\0', by.n) == NULL && memchr(by.p, '\n', by.n) == NULL)
			edit(&l, by.p, by.n);
		if (memchr(text.p, '\0', text.n) == NULL) {
			find_each(&l, i % 2 == 0 ? LINES_MAP : LINES_LIST);
			find_each(&l, i % 2 == 0 ? LINES_LIST : LINES_MAP);
		}
		lines_find(&l, LINES_TAIL, "/home", 0);
		lines_find(&l, LINES_ASSIGN, ".", 0);
		free(by.p);
	}
	lines_free(&l);
	free(text.p);
}

static const struct conf conf = {.popmail = "/home/popmail", .serialmail = "/home/serialmail"};

static void load(struct routing *r, struct part *rest)
{
	static const char *const paths[] = {"rcpthosts", "morercpthosts", "virtualdomains", "smtproutes", "locals", "assign"};

	*r = (struct routing){.root = "", .me = "me.test"};
	for (size_t i = 0; i < ROUTING_FILES; i++) {
		struct part text = part_next(rest);

		r->file[i].path = paths[i];
		r->file[i].seen.there = i != ROUTING_LOCALS || text.n > 0;
		lines_parse(&r->file[i].lines, text.p, text.n);
		free(text.p);
	}
}

static struct buf all_of(const struct routing *r)
{
	struct buf b = BUF(FUZZ_TEXT);

	for (size_t i = 0; i < ROUTING_FILES; i++) {
		lines_render(&r->file[i].lines, &b);
		buf_char(&b, '\0');
	}
	return b;
}

static void want(struct domain *d, char form, const char *name)
{
	d->name = (struct name_domain){""};
	snprintf(d->name.text, sizeof d->name.text, "%s", name);
	d->form = form == 'r' ? DOMAIN_RELAY : form == 'b' ? DOMAIN_BACKUP : form == 'd' ? DOMAIN_DIALUP : DOMAIN_POP;
	d->subdomains = form != 'd';
	d->uid = 510;
	d->gid = 51;
	snprintf(d->user, sizeof d->user, "ex1");
	if (d->form == DOMAIN_RELAY)
		snprintf(d->relay, sizeof d->relay, "mx.test:26");
	if (!domain_is_virtual(d))
		return;
	snprintf(d->id, sizeof d->id, "%s", name);
	snprintf(d->home, sizeof d->home, "/home/%s/%s", form == 'd' ? "serialmail" : "popmail/e/ex1/DOMAINS", name);
}

/* An alias is among those of its domain until it is taken out; a domain is none of its own (domain_change.c refuses). */
static void alias(struct routing *r, const struct domain *old)
{
	struct name_domain name;
	struct domain is;
	struct err e = {0};
	size_t at = 0;
	bool listed = false;

	if (strcmp(old->name.text, "alias.test") == 0 || routing_alias(&e, r, "alias.test", old) < 0)
		return;
	check(!routing_is_taken(r, "joe", "alias.test", old->id) || routing_is_taken(r, "joe", old->name.text, old->id) ||
	              routing_line(r, ROUTING_VIRTUALDOMAINS, "joe@alias.test") != LINES_NONE,
	      "an address is taken under one name alone");
	while (routing_next_alias(r, &conf, old, &at, &name))
		listed |= strcmp(name.text, "alias.test") == 0;
	routing_look(r, &conf, "alias.test", &is);
	check(is.accepted && strcmp(is.id, old->id) == 0 && listed == (strcmp(is.alias_of, old->name.text) == 0), "an alias that is none");
	routing_del(r, &is);
	routing_look(r, &conf, old->name.text, &is);
	check(is.accepted && strcmp(is.id, old->id) == 0, "with its alias it is gone");
}

/* Refused, nothing has changed; put in, it is there, a second time does nothing; taken out, it is gone. */
static void add_and_del(struct routing *r, char form, const char *name)
{
	struct domain d = {0}, is;
	struct buf before = all_of(r), after, again;
	struct err e = {0};

	want(&d, form, name);
	if (routing_add(&e, r, &d) < 0) {
		after = all_of(r);
		check(same_bytes_as(&after, before.p, before.len), "refused, and the files have changed");
		check(e.code == EXIT_PERM && *e.text != '\0', "refused without a reason");
	} else {
		after = all_of(r);
		check(routing_add(&e, r, &d) == 0, "it cannot be put in twice");
		again = all_of(r);
		check(same_bytes_as(&again, after.p, after.len), "put in twice, it is another text");
		routing_look(r, &conf, name, &is);
		check(is.accepted && is.form != DOMAIN_NONE, "what was put in is not there");
		if (domain_is_virtual(&is) && *is.alias_of == '\0')
			alias(r, &is);
		routing_del(r, &is);
		routing_look(r, &conf, name, &is);
		check(!is.accepted && routing_line(r, ROUTING_VIRTUALDOMAINS, name) == LINES_NONE, "what was taken out is there");
		buf_free(&again);
	}
	buf_free(&before);
	buf_free(&after);
}

/* Six files, and names to put in, each behind a letter for its form. */
static void routes(struct part in)
{
	struct part rest = in;
	struct routing r;
	struct name_domain name;
	struct domain d;
	struct buf before, after;
	struct err e = {0};
	size_t at = 0, served = 0;

	load(&r, &rest);
	r.cdb_is_old = rest.n % 2 == 0;
	before = all_of(&r);
	routing_take_over(&r);
	after = all_of(&r);
	check(same_bytes_as(&after, before.p, before.len), "taken over, it is another text");
	buf_free(&before);
	buf_free(&after);
	while (routing_next(&r, &at, &name)) {
		check(++served < 100000, "no end of names");
		routing_look(&r, &conf, name.text, &d);
		check(memchr(d.home, '\0', sizeof d.home) != NULL && d.form <= DOMAIN_LOCAL, "a domain without a form");
	}
	for (int i = 0; i < 10 && rest.n > 0; i++) {
		struct part a = part_next(&rest);
		char *s = string_of(a.p + (a.n > 0), a.n - (a.n > 0));

		if (a.n > 0 && name_domain(&e, s, &name) == 0)
			add_and_del(&r, *a.p, name.text);
		free(s);
		free(a.p);
	}
	for (size_t i = 0; i < ROUTING_FILES; i++)
		lines_free(&r.file[i].lines);
}

static void users(struct part in)
{
	struct part rest = in, name = part_next(&rest), passwd = part_next(&rest), switches = part_next(&rest);
	char *s = string_of(name.p, name.n);
	struct passwd_user u;

	if (passwd_find(passwd.p, passwd.n, s, &u))
		check_within(passwd.p, passwd.n, u.home, u.homelen, "a home from elsewhere");
	nss_is_passwd_alone(switches.p, switches.n, passwd.p, passwd.n);
	free(s);
	free(name.p);
	free(passwd.p);
	free(switches.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct parser parsers[] = {{'f', file}, {'r', routes}, {'u', users}};

	return fuzz_choose(parsers, sizeof parsers / sizeof *parsers, data, size);
}
