/* export - the set-up as commands that qv-domain import takes. */
#include "move/export.h"

#include <stdio.h>
#include <string.h>

#include "lib/join.h"
#include "lib/printable.h"
#include "move/export_homes.h"
#include "qmail/smtproutes.h"
#include "routing/where.h"
#include "setup/domain_files.h"

static bool is_there(const struct routing *r, enum routing_name f, const char *key)
{
	return routing_line(r, f, key) != LINES_NONE;
}

/* NAME, or .NAME: in the files that this form has, and in no other. */
static bool stands_as_added(const struct routing *r, const struct domain *d, const char *key, bool wanted)
{
	enum routing_name f;

	return is_there(r, ROUTING_VIRTUALDOMAINS, key) == (wanted && domain_is_virtual(d)) &&
	       is_there(r, ROUTING_SMTPROUTES, key) == (wanted && d->form == DOMAIN_RELAY) &&
	       (routing_accept_line(r, key, &f) != LINES_NONE) == wanted;
}

static const char *odd_lines(const struct export *x, const struct domain *d)
{
	char dotted[sizeof d->name.text + 1];

	join(dotted, sizeof dotted, ".", d->name.text, NULL);
	if (stands_as_added(&x->change->routing, d, d->name.text, true) &&
	    stands_as_added(&x->change->routing, d, dotted, d->subdomains))
		return NULL;
	return "its lines differ from those that qv-domain writes";
}

/* NULL, or why no command makes just this. */
static const char *odd(const struct export *x, const struct domain *d)
{
	const struct conf *conf = &x->change->conf;
	struct domain want = *d;
	struct err e;

	if (odd_lines(x, d) != NULL)
		return odd_lines(x, d);
	if (name_domain(&e, d->name.text, &want.name) < 0)
		return "not a name that qv-domain accepts";
	if (d->form == DOMAIN_RELAY)
		return d->logs_in ? "its line in " QMAIL_CONTROL "smtproutes has a login; copy it by hand"
		       : name_route(&e, d->relay) < 0 ? "its relay is not HOST[:PORT]" : NULL;
	if (d->form == DOMAIN_VIRTUAL)
		return export_odd_virtual(d);
	if (d->form != DOMAIN_POP && d->form != DOMAIN_DIALUP)
		return NULL;
	domain_files_home(conf, &want);
	if (strcmp(want.home, d->home) != 0 || name_handle(&e, "handle", d->user) < 0)
		return "its home is not where qv-domain add makes it";
	if (name_domain(&e, d->id, &want.name) < 0 || (d->form == DOMAIN_DIALUP && strcmp(d->id, d->name.text) != 0))
		return "qv-domain add does not give such an id";
	return d->uid != conf->uid || d->gid != conf->gid ? "its home does not belong to popusr in users/assign" : NULL;
}

static int plain(struct export *x, const struct domain *d)
{
	bool relay = d->form == DOMAIN_RELAY;

	buf_printf(&x->out, "domain add %s %s%s%s%s\n", domain_word(d->form), d->name.text, relay ? " " : "",
	           relay ? d->relay : "", d->subdomains ? "" : " --no-subdomains");
	return 0;
}

static int command(struct export *x, const struct domain *d)
{
	switch (d->form) {
	case DOMAIN_POP:
		return export_pop(x, d);
	case DOMAIN_DIALUP:
		return export_dialup(x, d);
	case DOMAIN_RELAY:
	case DOMAIN_BACKUP:
		return plain(x, d);
	case DOMAIN_VIRTUAL:
		return export_virtual(x, d);
	case DOMAIN_LOCAL:
	case DOMAIN_NONE:
		break;
	}
	return 0;
}

static void alias(struct export *x, const struct domain *d)
{
	struct domain old;
	struct err e;

	routing_look(&x->change->routing, &x->change->conf, d->alias_of, &old);
	if (odd(x, &old) != NULL || old.subdomains != d->subdomains || odd_lines(x, d) != NULL)
		export_not(x, d->name.text, "is not an alias that qv-domain makes");
	else if (routing_alias(&e, &x->made, d->name.text, &old) < 0)
		export_not(x, d->name.text, e.text);
	else
		buf_printf(&x->last, "domain alias %s %s\n", d->name.text, d->alias_of);
}

static int one(struct export *x, const struct domain *d)
{
	const char *why = odd(x, d);
	struct err e;

	if (d->form == DOMAIN_LOCAL)
		why = "is this host's own (" QMAIL_CONTROL "locals)";
	if (why == NULL && routing_add(&e, &x->made, d) < 0)
		why = e.text;
	if (why == NULL)
		return command(x, d);
	export_not(x, d->name.text, why);
	return 0;
}

static int all_domains(struct export *x)
{
	struct name_domain name;
	struct domain d;
	int r = 0;

	for (size_t at = 0; r == 0 && routing_next(&x->change->routing, &at, &name);) {
		routing_look(&x->change->routing, &x->change->conf, name.text, &d);
		if (*d.alias_of != '\0')
			alias(x, &d);
		else
			r = one(x, &d);
	}
	return r;
}

/* Does the same line, byte for byte, come out of the import, and does it decide in both? */
static bool is_made(const struct export *x, enum routing_name f, size_t i)
{
	const struct lines *was = &x->change->routing.file[f].lines, *made = &x->made.file[f].lines;
	char key[1024];
	const char *p, *q;
	size_t n, m, at;

	if (!lines_key(was, routing_kind(f), i, &p, &n) || n >= sizeof key)
		return false;
	join_part(key, sizeof key, p, n);
	if (f == ROUTING_ASSIGN && *key == '.')
		return i == routing_assign_end(&x->change->routing);
	at = f == ROUTING_ASSIGN ? lines_find(was, LINES_ASSIGN, key, 0) : routing_line(&x->change->routing, f, key);
	if (at != i)
		return false;
	at = routing_line(&x->made, f, key);
	if (at == LINES_NONE)
		return false;
	p = lines_at(was, i, &n);
	q = lines_at(made, at, &m);
	return n == m && memcmp(p, q, n) == 0;
}

/* That this host's own name is accepted was said with the name. */
static bool is_own(const struct export *x, enum routing_name f, size_t i)
{
	struct domain d;
	char name[NAME_MAX + 1];
	size_t n;
	const char *p = lines_at(&x->change->routing.file[f].lines, i, &n);

	if (f != ROUTING_RCPTHOSTS)
		return false;
	join_part(name, sizeof name, p, n);
	routing_look(&x->change->routing, &x->change->conf, name, &d);
	return d.form == DOMAIN_LOCAL;
}

static void name_line(struct export *x, enum routing_name name, size_t i)
{
	const struct routing_file *f = &x->change->routing.file[name];
	size_t n, from;
	const char *p = lines_at(&f->lines, i, &n);

	buf_printf(&x->out, "# not exported: %s:%zu: ", f->path, i + 1);
	from = x->out.len;
	if (name == ROUTING_SMTPROUTES)
		smtproutes_show_lines(&x->out, p, n);
	else
		buf_add(&x->out, p, n);
	printable_bytes(x->out.p + from, x->out.len - from);
	buf_char(&x->out, '\n');
}

static void other_lines(struct export *x)
{
	static const enum routing_name files[] = {
		ROUTING_ASSIGN, ROUTING_VIRTUALDOMAINS, ROUTING_SMTPROUTES, ROUTING_RCPTHOSTS, ROUTING_MORERCPTHOSTS,
	};

	for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
		size_t n = x->change->routing.file[files[f]].lines.n;

		for (size_t i = 0; i < n; i++)
			if (!is_made(x, files[f], i) && !is_own(x, files[f], i))
				name_line(x, files[f], i);
	}
}

static int print(struct ctx *ctx, struct export *x)
{
	if (buf_failed(&x->out) || buf_failed(&x->last) || x->boxes.failed || x->handles.failed)
		return err_temp(&ctx->err, "out of memory");
	fwrite(buf_text(&x->out), 1, x->out.len, stdout);
	fwrite(buf_text(&x->last), 1, x->last.len, stdout);
	return 0;
}

int export_run(struct ctx *ctx)
{
	struct change c;
	struct export x = {.ctx = ctx, .change = &c, .out = BUF(CONTROL_MAX), .last = BUF(CONTROL_MAX)};
	int r = change_look(ctx, &c);

	if (r == 0)
		r = conf_popuser(ctx, &c.conf);
	routing_empty(ctx, &x.made);
	if (r == 0)
		r = all_domains(&x);
	if (r == 0)
		r = export_boxes(&x);
	if (r == 0)
		r = export_logins(&x);
	if (r == 0)
		r = export_callers(&x);
	if (r == 0)
		r = export_left(&x);
	if (r == 0)
		other_lines(&x);
	if (r == 0)
		r = print(ctx, &x);
	buf_free(&x.out);
	buf_free(&x.last);
	export_paths_free(&x.boxes);
	export_paths_free(&x.handles);
	routing_free(&x.made);
	change_end(&c);
	return r;
}
