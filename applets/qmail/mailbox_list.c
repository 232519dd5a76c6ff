/* mailbox_list - addresses and where their mail goes, for people's eyes and as JSON. */
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "qmail/addresses.h"
#include "qmail/change.h"
#include "qmail/dotqmail.h"
#include "qmail/mailboxes.h"

/* What one instruction amounts to: a box of this customer is shown by its name. */
static const char *show(const struct dotqmail_line *l, const struct boxes *b, bool has_boxes, char *value, size_t size)
{
	char name[NAME_MAX + 1];

	if (has_boxes && address_box(l->value, l->n, b, name, sizeof name) != NULL) {
		snprintf(value, size, "%s", name);
		return "box";
	}
	snprintf(value, size, "%.*s", (int)l->n, l->value);
	return dotqmail_word(l->kind);
}

static void put(struct ctx *ctx, struct buf *json, const char *address, const char *kind, const char *value)
{
	if (!ctx->json) {
		printf("%-40s %-8s %s\n", address, kind, value);
		return;
	}
	json_open(json, '{');
	json_key(json, "address");
	json_string(json, address);
	json_key(json, "type");
	json_string(json, kind);
	json_key(json, "value");
	json_string(json, value);
	json_close(json, '}');
}

static void list_one(struct ctx *ctx, const struct domain *d, const struct address *a, struct buf *json)
{
	char address[NAME_MAX + sizeof d->name.text + 2], value[PATH_MAX];
	struct dotqmail_line l;
	struct boxes b;
	bool has_boxes = boxes_of_home(d->home, &b) == 0;
	const char *kind;
	size_t lines = 0;

	snprintf(address, sizeof address, "%s@%s", a->local, d->name.text);
	for (size_t at = 0; dotqmail_next(buf_text(&a->text), a->text.len, &at, &l); lines++) {
		kind = show(&l, &b, has_boxes, value, sizeof value);
		put(ctx, json, address, kind, value);
	}
	if (lines == 0) /* only comments: qmail takes the mail and drops it; no byte at all: its default delivery */
		put(ctx, json, address, a->text.len > 0 ? "discard" : "qmail", "");
}

static int list_domain(struct ctx *ctx, const struct domain *d, struct buf *json)
{
	struct addresses a;

	if ((d->form != DOMAIN_POP && d->form != DOMAIN_VIRTUAL) || *d->home == '\0')
		return 0;
	if (addresses_load(ctx, d->home, &a) < 0)
		return -1;
	for (size_t i = 0; i < a.n; i++)
		list_one(ctx, d, &a.address[i], json);
	addresses_free(&a);
	return 0;
}

static int list_all(struct ctx *ctx, const struct change *c, struct buf *json)
{
	struct name_domain name;
	struct domain d;
	size_t at = 0;
	int r = 0;

	while (r == 0 && routing_next(&c->routing, &at, &name)) {
		routing_look(&c->routing, &c->conf, name.text, &d);
		r = list_domain(ctx, &d, json);
	}
	return r;
}

static int list(struct ctx *ctx, const struct change *c, const char *domain, struct buf *json)
{
	struct domain d;

	if (domain == NULL)
		return list_all(ctx, c, json);
	return change_domain(ctx, c, domain, &d) < 0 ? -1 : list_domain(ctx, &d, json);
}

int mailbox_list(struct ctx *ctx, const char *domain)
{
	struct buf json = BUF(CONTROL_MAX);
	struct change c;
	int r = change_look(ctx, &c);

	json_open(&json, '[');
	if (r == 0)
		r = list(ctx, &c, domain, &json);
	json_close(&json, ']');
	if (r == 0 && ctx->json && buf_failed(&json))
		r = err_temp(&ctx->err, "out of memory");
	if (r == 0 && ctx->json)
		printf("%s\n", buf_text(&json));
	buf_free(&json);
	change_end(&c);
	return r;
}
