/* export - the set-up as commands that qv-domain import takes. */
#include "move/export.h"

#include <stdio.h>
#include <string.h>

#include "lib/join.h"
#include "move/export_homes.h"
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

	routing_look(&x->change->routing, &x->change->conf, d->alias_of, &old);
	if (odd(x, &old) != NULL || old.subdomains != d->subdomains || odd_lines(x, d) != NULL) {
		export_not(x, d->name.text, "is not an alias that qv-domain makes");
		return;
	}
	export_lines_made(x, d);
	buf_printf(&x->last, "domain alias %s %s\n", d->name.text, d->alias_of);
}

static int one(struct export *x, const struct domain *d)
{
	const char *why = d->form == DOMAIN_LOCAL ? "is this host's own (" QMAIL_CONTROL "locals)" : odd(x, d);

	if (why == NULL) {
		export_lines_made(x, d);
		return command(x, d);
	}
	export_not(x, d->name.text, why);
	return 0;
}

/* export_halves(), of the lines that name domains. */
static int domains(struct export *x, size_t from, size_t to)
{
	struct name_domain name;
	struct domain d;
	int r = 0;

	for (size_t at = from; r == 0 && routing_next(&x->change->routing, &at, &name) && at <= to;) {
		routing_look(&x->change->routing, &x->change->conf, name.text, &d);
		if (*d.alias_of != '\0')
			alias(x, &d);
		else
			r = one(x, &d);
	}
	return r;
}

/* Nearly all of them are named in the first two files. */
static int all_domains(struct export *x)
{
	const struct routing_file *f = x->change->routing.file;

	return export_halves(x, (f[ROUTING_RCPTHOSTS].lines.n + f[ROUTING_MORERCPTHOSTS].lines.n) / 2, domains);
}

static int print(struct ctx *ctx, struct export *x)
{
	if (export_failed(x))
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
	if (r == 0)
		r = export_lines_begin(&x);
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
		export_lines(&x);
	if (r == 0)
		r = print(ctx, &x);
	buf_free(&x.out);
	buf_free(&x.last);
	export_paths_free(&x.boxes);
	export_paths_free(&x.handles);
	export_lines_end(&x);
	change_end(&c);
	return r;
}
