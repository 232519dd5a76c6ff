/* adopt_print - what qv-domain adopt found, for people's eyes and as JSON. */
#include "move/adopt_print.h"

#include <stdio.h>
#include <string.h>

#include "box/home.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "lib/json.h"
#include "qmail/dotqmail.h"
#include "routing/where.h"

void adopt_begin(struct adopt *a)
{
	a->json = BUF(CONTROL_MAX);
	a->left = BUF(CONTROL_MAX);
	json_open(&a->json, '{');
	json_key(&a->json, "domains");
	json_open(&a->json, '[');
	json_open(&a->left, '[');
}

int adopt_end(struct adopt *a)
{
	int r = 0;

	json_close(&a->json, ']');
	json_close(&a->left, ']');
	buf_printf(&a->json, ",\"left\":%s}", buf_text(&a->left));
	if (buf_failed(&a->json) || buf_failed(&a->left))
		r = err_temp(&a->ctx->err, "out of memory");
	else if (a->ctx->json)
		printf("%s\n", buf_text(&a->json));
	buf_free(&a->json);
	buf_free(&a->left);
	return r;
}

static void row(struct adopt *a, const char *key, const char *value)
{
	if (!a->ctx->json && *value != '\0')
		printf("  %-10s %s\n", key, value);
	json_put_string(&a->json, key, *value != '\0' ? value : NULL);
}


/* Lines that qvmail does not use: file, line (0: the whole file), and contents. */
static void leave(struct adopt *a, struct buf *json, const char *file, size_t line, const char *what)
{
	char number[32] = "";

	if (line > 0)
		snprintf(number, sizeof number, ":%zu", line);
	if (!a->ctx->json)
		printf("%sleft: %s%s: %s\n", json == &a->json ? "  " : "", file, number, what);
	json_open(json, '{');
	json_put_string(json, "file", file);
	json_put_number_or_null(json, "line", line > 0, (intmax_t)line);
	json_put_string(json, "what", what);
	json_close(json, '}');
}

static void put_address(struct adopt *a, const char *address, const struct dotqmail_line *l)
{
	if (!a->ctx->json)
		printf("  %-40s %-8s %.*s\n", address, dotqmail_word(l->kind), (int)l->n, l->value);
	json_open(&a->json, '{');
	json_put_string(&a->json, "address", address);
	json_put_string(&a->json, "type", dotqmail_word(l->kind));
	json_key(&a->json, "value");
	json_bytes(&a->json, l->value, l->n);
	json_close(&a->json, '}');
}

static bool is_understood(const struct dotqmail_line *l)
{
	return l->kind == DOTQMAIL_FORWARD || l->kind == DOTQMAIL_MAILDIR;
}

/* The software that wrote a program line of a .qmail file. */
static const char *advice(const char *text)
{
	if (strstr(text, "vdelivermail") != NULL)
		return " (qv-domain import --from vpopmail)";
	return strstr(text, "vdeliver") != NULL ? " (qv-domain import --from vmailmgr)" : "";
}

static void leave_instructions(struct adopt *a, const char *path, const struct address *address)
{
	struct dotqmail_run run = {.text = buf_text(&address->text), .n = address->text.len};
	struct dotqmail_line l;
	char what[600], value[400];

	while (dotqmail_obey(&run, &l)) {
		if (is_understood(&l))
			continue;
		join_part(value, sizeof value, l.value, l.n);
		join(what, sizeof what, dotqmail_word(l.kind), " ", value, advice(value), NULL);
		leave(a, &a->json, path, run.line, what);
	}
	if (run.why != NULL)
		leave(a, &a->json, path, run.line, run.why);
}

static void tell_addresses(struct adopt *a, const struct domain *d, const struct addresses *all)
{
	char text[NAME_MAX + sizeof d->name.text + 2];
	struct dotqmail_line l;

	json_key(&a->json, "addresses");
	json_open(&a->json, '[');
	for (size_t i = 0; i < all->n; i++) {
		name_whole(all->address[i].local, d->name.text, text, sizeof text);
		for (size_t at = 0; dotqmail_next(buf_text(&all->address[i].text), all->address[i].text.len, &at, &l);)
			put_address(a, text, &l);
	}
	json_close(&a->json, ']');
}

static void leave_lines(struct adopt *a, const struct domain *d)
{
	const struct routing *r = &a->change->routing;
	size_t at = routing_line(r, ROUTING_VIRTUALDOMAINS, d->name.text), entry = routing_assign_line(r, d->id);
	const char *file = r->file[ROUTING_VIRTUALDOMAINS].path;
	char path[900];
	struct stat st;
	struct err e;

	if (*d->home == '\0')
		leave(a, &a->json, file, at == LINES_NONE ? 0 : at + 1,
		      "no line of users/assign matches this id: its mail bounces; qv-domain del, or qv-domain add virtual");
	else if (domain_is_plain(&e, d) < 0)
		leave(a, &a->json, QMAIL_ASSIGN, entry == LINES_NONE ? 0 : entry + 1, e.text);
	else if (d->uid == 0)
		leave(a, &a->json, QMAIL_ASSIGN, entry == LINES_NONE ? 0 : entry + 1, "mail is not delivered as root; it waits");
	if (!d->accepted)
		leave(a, &a->json, r->file[ROUTING_RCPTHOSTS].path, 0, "does not contain this domain: mail from outside is refused");
	join(path, sizeof path, d->home, "/RELAYHOST", NULL);
	if (d->form == DOMAIN_VIRTUAL && *d->home != '\0' && fs_stat(a->ctx, path, &st) == 0)
		leave(a, &a->json, path, 0,
		      "a dial-up host's, but qv-master only scans the directory in " QMAIL_CONTROL "qv-serialmail");
}

static void leave_all(struct adopt *a, const struct domain *d, const struct addresses *all)
{
	char path[1200];

	json_key(&a->json, "left");
	json_open(&a->json, '[');
	leave_lines(a, d);
	for (size_t i = 0; i < all->n; i++)
		if (domain_dotqmail(d, all->address[i].local, path, sizeof path) == 0)
			leave_instructions(a, path, &all->address[i]);
	json_close(&a->json, ']');
}

int adopt_tell(struct adopt *a, const struct domain *d, bool completed)
{
	struct addresses all = {0};
	char owner[64] = "";

	if (*d->home != '\0' && d->form != DOMAIN_DIALUP && domain_addresses(a->ctx, d, &all) < 0)
		return -1;
	if (*d->home != '\0')
		snprintf(owner, sizeof owner, "%lu:%lu", (unsigned long)d->uid, (unsigned long)d->gid);
	if (!a->ctx->json)
		printf("%s\n", d->name.text);
	json_open(&a->json, '{');
	json_put_string(&a->json, "domain", d->name.text);
	row(a, "form", *d->alias_of != '\0' ? "alias" : domain_word(d->form));
	row(a, "handle", d->user);
	row(a, "id", d->id);
	row(a, "home", d->home);
	row(a, "owner", owner);
	row(a, "ext", d->ext);
	json_put_bool(&a->json, "completed", completed);
	if (completed && !a->ctx->json)
		printf("  completed: %s gets its line +%s-:\n", QMAIL_ASSIGN, d->id);
	tell_addresses(a, d, &all);
	leave_all(a, d, &all);
	json_close(&a->json, '}');
	addresses_free(&all);
	return 0;
}

void adopt_leave_line(struct adopt *a, enum routing_name f, size_t i, const char *why)
{
	const struct routing_file *file = &a->change->routing.file[f];
	char what[700], text[500];
	size_t n;
	const char *p = lines_at(&file->lines, i, &n);

	snprintf(text, sizeof text, "%.*s", (int)(n < 400 ? n : 400), p);
	join(what, sizeof what, text, ": ", why, NULL);
	leave(a, &a->left, file->path, i + 1, what);
}
