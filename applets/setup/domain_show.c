/* domain_show - domains as readable text and as JSON, on stdout. */
#include "setup/domain_show.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dialup/marks.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "lib/json.h"
#include "lib/opt.h"
#include "lib/printable.h"
#include "qmail/localparts.h"
#include "qmail/quota.h"
#include "routing/aliases.h"
#include "setup/trigger_show.h"

/* The settings in a dial-up host's directory. */
struct dialup {
	char relayhost[1024]; /* its lines, separated by blanks */
	bool paused, on_demand;
	long lifetime; /* -1: control/qv-lifetime */
	char quota[64];
	long recipients; /* in the list of its addresses; -1: no list */
	struct call last;
};

/* What is read once for all domains. */
struct known {
	const struct aliases *aliases;
	const struct callers *callers; /* NULL: only root may read them */
};

static int has(struct ctx *ctx, const struct domain *d, const char *name, bool *is)
{
	char path[900];
	struct stat st;
	int r;

	join(path, sizeof path, d->home, "/", name, NULL);
	r = fs_stat(ctx, path, &st);
	*is = r == 0;
	return r < 0 ? -1 : 0;
}

static int first_text(struct ctx *ctx, const struct domain *d, const char *name, char *to, size_t size)
{
	struct buf b = BUF(CONTROL_MAX);
	char path[900];
	int r;

	join(path, sizeof path, d->home, "/", name, NULL);
	r = fs_slurp(ctx, path, &b, NULL);
	join(to, size, buf_text(&b), NULL);
	for (char *p = to; *p != '\0'; p++)
		if (*p == '\n')
			*p = p[1] != '\0' ? ' ' : '\0';
	buf_free(&b);
	return r < 0 ? -1 : 0;
}

static int count_recipients(struct ctx *ctx, const struct domain *d, long *count)
{
	struct buf b = BUF(CONTROL_MAX);
	size_t at = 0, number = 0, len;
	const char *entry;
	char path[900];
	int r;

	join(path, sizeof path, d->home, "/" LOCALPARTS_FILE, NULL);
	r = fs_slurp(ctx, path, &b, NULL);
	*count = r == 0 ? 0 : -1;
	while (localparts_next(buf_text(&b), b.len, &at, &number, &entry, &len))
		++*count;
	buf_free(&b);
	return r < 0 ? -1 : 0;
}

static int look_dialup(struct ctx *ctx, const struct domain *d, struct dialup *is)
{
	char seconds[32];

	*is = (struct dialup){.lifetime = -1, .recipients = -1};
	if (d->form != DOMAIN_DIALUP)
		return 0;
	if (has(ctx, d, DOMAIN_PAUSED, &is->paused) < 0 || has(ctx, d, DOMAIN_ON_DEMAND, &is->on_demand) < 0)
		return -1;
	if (first_text(ctx, d, "RELAYHOST", is->relayhost, sizeof is->relayhost) < 0 ||
	    first_text(ctx, d, DOMAIN_LIFETIME, seconds, sizeof seconds) < 0 ||
	    first_text(ctx, d, QUOTA_FILE, is->quota, sizeof is->quota) < 0 ||
	    count_recipients(ctx, d, &is->recipients) < 0)
		return -1;
	if (*seconds != '\0')
		opt_number(seconds, INT32_MAX, &is->lifetime);
	call_read(ctx, d->home, &is->last);
	return 0;
}

static const char *form_of(const struct domain *d)
{
	return *d->alias_of != '\0' ? "alias" : domain_word(d->form);
}

static void key_string(struct buf *b, const char *key, const char *value)
{
	json_put_string(b, key, *value != '\0' ? value : NULL);
}

/* An id, n, of the owner of d's home. */
static void key_id(struct buf *b, const char *key, const struct domain *d, intmax_t n)
{
	json_put_number_or_null(b, key, domain_is_virtual(d) && *d->home != '\0', n);
}

static void json_aliases(const struct aliases *a, const struct domain *d, struct buf *b)
{
	const char *name;

	json_key(b, "aliases");
	json_open(b, '[');
	for (size_t i = aliases_of(a, d->name.text); (name = aliases_at(a, i, d->name.text)) != NULL; i++)
		json_string(b, name);
	json_close(b, ']');
}

/* Callers know a host by the name of its directory. */
static const char *host_of(const struct domain *d)
{
	return d->form == DOMAIN_DIALUP && *d->home != '\0' ? strrchr(d->home, '/') + 1 : "";
}

static int json(struct ctx *ctx, const struct known *known, const struct domain *d, struct buf *b)
{
	struct dialup is;

	if (look_dialup(ctx, d, &is) < 0)
		return -1;
	json_open(b, '{');
	key_string(b, "domain", d->name.text);
	key_string(b, "form", form_of(d));
	json_put_bool(b, "accepted", d->accepted);
	json_put_bool(b, "subdomains", d->subdomains);
	key_string(b, "id", d->id);
	key_string(b, "handle", d->user);
	key_string(b, "home", d->home);
	key_id(b, "uid", d, d->uid);
	key_id(b, "gid", d, d->gid);
	key_string(b, "alias_of", d->alias_of);
	json_aliases(known->aliases, d, b);
	key_string(b, "relay", d->relay);
	key_string(b, "relayhost", is.relayhost);
	json_put_bool(b, "paused", is.paused);
	json_put_bool(b, "on_demand", is.on_demand);
	json_put_number_or_null(b, "lifetime", is.lifetime >= 0, is.lifetime);
	key_string(b, "quota", is.quota);
	json_put_number_or_null(b, "recipients", is.recipients >= 0, is.recipients);
	trigger_show_json(known->callers, host_of(d), &is.last, b);
	json_close(b, '}');
	return 0;
}

static int print_json(struct ctx *ctx, struct buf *b, int r)
{
	if (r == 0 && buf_failed(b))
		r = err_temp(&ctx->err, "out of memory");
	if (r == 0)
		printf("%s\n", buf_text(b));
	buf_free(b);
	return r;
}

static const char *goes_to(const struct domain *d)
{
	if (d->form == DOMAIN_RELAY)
		return d->relay;
	if (*d->alias_of != '\0')
		return d->alias_of;
	return domain_is_virtual(d) && *d->home != '\0' ? d->home : "-";
}

static int print_row(struct ctx *ctx, const struct domain *d)
{
	char name[sizeof d->name.text], where[sizeof d->home];
	struct dialup is;

	if (look_dialup(ctx, d, &is) < 0)
		return -1;
	join(name, sizeof name, d->name.text, NULL);
	join(where, sizeof where, goes_to(d), NULL);
	printf("%-30s %-8s %-12s %s%s%s\n", printable(name), form_of(d), *d->user != '\0' ? d->user : "-", printable(where),
	       is.paused ? "  paused" : "", is.on_demand ? "  on demand" : "");
	return 0;
}

static int list(struct ctx *ctx, const struct change *c, const struct known *known, struct buf *b)
{
	struct name_domain name;
	struct domain d;
	int r = 0;

	json_open(b, '[');
	for (size_t at = 0; r == 0 && routing_next(&c->routing, &at, &name);) {
		routing_look(&c->routing, &c->conf, name.text, &d);
		r = ctx->json ? json(ctx, known, &d, b) : print_row(ctx, &d);
	}
	json_close(b, ']');
	return r;
}

/* What another user may not read is shown as unknown. */
static int look_callers(struct ctx *ctx, struct callers *callers, const struct callers **known)
{
	int r = callers_load(ctx, callers);

	*known = r == 0 ? callers : NULL;
	return r == 0 || errno == EACCES ? 0 : -1;
}

int domain_list(struct ctx *ctx, const struct change *c)
{
	struct buf b = BUF(CONTROL_MAX);
	struct aliases a = {0};
	struct callers callers = {0};
	struct known known = {.aliases = &a};
	int r = ctx->json ? aliases_load(ctx, &c->conf, &c->routing, &a) : 0;

	if (r == 0 && ctx->json)
		r = look_callers(ctx, &callers, &known.callers);
	if (r == 0)
		r = list(ctx, c, &known, &b);
	aliases_free(&a);
	callers_free(&callers);
	if (ctx->json)
		return print_json(ctx, &b, r);
	buf_free(&b);
	return r;
}

static void row(const char *name, const char *value)
{
	char text[1024];

	join(text, sizeof text, value, NULL);
	if (*value != '\0')
		printf("%-12s %s\n", name, printable(text));
}

static void print_aliases(const struct change *c, const struct domain *d)
{
	struct name_domain name;

	for (size_t at = 0; routing_next_alias(&c->routing, &c->conf, d, &at, &name);)
		row("alias", name.text);
}

static int print_text(struct ctx *ctx, const struct change *c, const struct known *known, const struct domain *d)
{
	struct dialup is;

	if (look_dialup(ctx, d, &is) < 0)
		return -1;
	row("domain", d->name.text);
	row("form", form_of(d));
	row("alias of", d->alias_of);
	row("accepted", d->accepted ? "yes" : "no");
	row("subdomains", d->subdomains ? "yes" : "no");
	row("id", d->id);
	row("handle", d->user);
	row("home", d->home);
	row("relay", d->relay);
	row("relayhost", is.relayhost);
	if (domain_is_virtual(d) && *d->home != '\0')
		printf("%-12s %lu:%lu\n", "owner", (unsigned long)d->uid, (unsigned long)d->gid);
	if (d->form == DOMAIN_DIALUP) {
		row("paused", is.paused ? "yes" : "no");
		row("on demand", is.on_demand ? "yes" : "no");
	}
	if (is.lifetime >= 0)
		printf("%-12s %ld seconds\n", "lifetime", is.lifetime);
	row("quota", is.quota);
	if (is.recipients >= 0)
		printf("%-12s %ld listed\n", "recipients", is.recipients);
	if (d->form == DOMAIN_DIALUP)
		trigger_show(known->callers, host_of(d), &is.last);
	print_aliases(c, d);
	return 0;
}

static int show_json(struct ctx *ctx, const struct change *c, const struct callers *callers, const struct domain *d)
{
	struct buf b = BUF(CONTROL_MAX);
	struct aliases a;
	int r = aliases_load(ctx, &c->conf, &c->routing, &a);

	if (r == 0)
		r = json(ctx, &(struct known){.aliases = &a, .callers = callers}, d, &b);
	aliases_free(&a);
	return print_json(ctx, &b, r);
}

int domain_show(struct ctx *ctx, const struct change *c, const struct domain *d)
{
	struct callers callers;
	struct known known = {0};
	int r = look_callers(ctx, &callers, &known.callers);

	if (r == 0)
		r = ctx->json ? show_json(ctx, c, known.callers, d) : print_text(ctx, c, &known, d);
	callers_free(&callers);
	return r;
}
