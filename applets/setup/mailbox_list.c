/* mailbox_list - addresses and the destinations of their mail, as readable text and as JSON. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "box/addresses.h"
#include "box/home.h"
#include "box/logins.h"
#include "box/which.h"
#include "lib/join.h"
#include "lib/json.h"
#include "lib/printable.h"
#include "qmail/dotqmail.h"
#include "setup/change.h"
#include "setup/mailbox_change.h"

/* A listing's output, and the passwords of boxes. */
struct listing {
	struct buf json;
	struct logins table;
	bool knows_logins; /* only root may read users/qv-passwd */
};

/* The kind and value of one instruction; a box of this customer is shown by its name. */
static const char *show(const struct dotqmail_line *l, const struct boxes *b, char *value, size_t size)
{
	char name[NAME_MAX + 1];

	if (address_box(l->value, l->n, b, name, sizeof name) != NULL) {
		join(value, size, name, NULL);
		return "box";
	}
	join_part(value, size, l->value, l->n);
	return dotqmail_word(l->kind);
}

/* v is NULL: not a box, or users/qv-passwd cannot be read. */
static void put_claim(struct buf *json, const char *key, const bool *v)
{
	json_key(json, key);
	if (v != NULL)
		json_bool(json, *v);
	else
		json_null(json);
}

/* True if l delivers into a box and users/qv-passwd can be read. */
static bool look_login(const struct listing *to, const struct dotqmail_line *l, const char *home,
                       struct logins_login *login)
{
	struct box box;

	if (!to->knows_logins || l == NULL || box_of_line(l, home, &box) != 0)
		return false;
	logins_look(&to->table, &box, login);
	return true;
}

static void put_login(struct listing *to, const struct dotqmail_line *l, const char *home)
{
	struct logins_login login;
	bool has_password, known = look_login(to, l, home, &login);

	has_password = known && *login.hash != '\0';
	put_claim(&to->json, "has_password", known ? &has_password : NULL);
	put_claim(&to->json, "suspended", known ? &login.suspended : NULL);
}

/* l is NULL if the file has no instruction. */
static void put_line(const struct listing *to, char *address, const char *kind, char *value,
                     const struct dotqmail_line *l, const char *home)
{
	struct logins_login login;
	bool suspended = look_login(to, l, home, &login) && login.suspended;

	printf("%-40s %-8s %s%s\n", printable(address), kind, printable(value),
	       suspended ? "  suspended" : "");
}

static void put(struct ctx *ctx, struct listing *to, char *address, const char *kind, char *value,
                const struct dotqmail_line *l, const char *home)
{
	if (!ctx->json) {
		put_line(to, address, kind, value, l, home);
		return;
	}
	json_open(&to->json, '{');
	json_put_string(&to->json, "address", address);
	json_put_string(&to->json, "type", kind);
	json_put_string(&to->json, "value", value);
	put_login(to, l, home);
	json_close(&to->json, '}');
}

static void list_one(struct ctx *ctx, const struct domain *d, const struct address *a, struct listing *to)
{
	char address[NAME_MAX + sizeof d->name.text + 2], value[PATH_MAX];
	struct dotqmail_line l;
	struct boxes b;
	const char *kind;
	size_t lines = 0;

	domain_boxes(d, &b);
	name_whole(a->local, d->name.text, address, sizeof address);
	for (size_t at = 0; dotqmail_next(buf_text(&a->text), a->text.len, &at, &l); lines++) {
		kind = show(&l, &b, value, sizeof value);
		put(ctx, to, address, kind, value, &l, d->home);
	}
	*value = '\0';
	if (lines == 0) /* only comments: qmail accepts the mail and drops it; an empty file: its default delivery */
		put(ctx, to, address, a->text.len > 0 ? "discard" : "qmail", value, NULL, d->home);
}

static int list_domain(struct ctx *ctx, const struct domain *d, struct listing *to)
{
	struct addresses a;

	if ((d->form != DOMAIN_POP && d->form != DOMAIN_VIRTUAL) || *d->home == '\0')
		return 0;
	if (domain_addresses(ctx, d, &a) < 0)
		return -1;
	for (size_t i = 0; i < a.n; i++)
		list_one(ctx, d, &a.address[i], to);
	addresses_free(&a);
	return 0;
}

static int list_all(struct ctx *ctx, const struct change *c, struct listing *to)
{
	struct name_domain name;
	struct domain d;
	size_t at = 0;
	int r = 0;

	while (r == 0 && routing_next(&c->routing, &at, &name)) {
		routing_look(&c->routing, &c->conf, name.text, &d);
		r = list_domain(ctx, &d, to);
	}
	return r;
}

static int list(struct ctx *ctx, const struct change *c, const char *domain, struct listing *to)
{
	struct domain d;

	if (domain == NULL)
		return list_all(ctx, c, to);
	if (change_domain(ctx, c, domain, &d) < 0)
		return -1;
	if (d.form == DOMAIN_VIRTUAL && *d.home == '\0')
		return err_perm(&ctx->err, "%s" QMAIL_ASSIGN ": no line +%s-: for %s; qv-domain -n adopt %s shows its addresses",
		                ctx->root, d.id, d.name.text, d.name.text);
	return list_domain(ctx, &d, to);
}

/* Other users than root still see the addresses. */
static int load_logins(struct ctx *ctx, struct listing *to)
{
	to->knows_logins = logins_load(ctx, &to->table) == 0;
	return to->knows_logins || errno == EACCES ? 0 : -1;
}

int mailbox_list(struct ctx *ctx, const char *domain)
{
	struct listing to = {.json = BUF(CONTROL_MAX)};
	struct change c;
	int r = change_look(ctx, &c);

	json_open(&to.json, '[');
	if (r == 0)
		r = load_logins(ctx, &to);
	if (r == 0)
		r = list(ctx, &c, domain, &to);
	json_close(&to.json, ']');
	if (r == 0 && ctx->json && buf_failed(&to.json))
		r = err_temp(&ctx->err, "out of memory");
	if (r == 0 && ctx->json)
		printf("%s\n", buf_text(&to.json));
	logins_free(&to.table);
	buf_free(&to.json);
	change_end(&c);
	return r;
}
