/* print - a route for people, and as JSON. */
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/printable.h"
#include "qmail/dotqmail.h"
#include "route/route.h"

static const char *const words[] = {
	[ROUTE_UNDECIDED] = "undecided",
	[ROUTE_DELIVERED] = "delivered",
	[ROUTE_FORWARDED] = "forwarded",
	[ROUTE_DISCARDED] = "discarded",
	[ROUTE_BOUNCED] = "bounced",
	[ROUTE_DEFERRED] = "deferred",
	[ROUTE_REMOTE] = "remote",
};

const char *route_word(enum route_outcome outcome)
{
	return words[outcome];
}

/* The first that does not arrive, of what was sent on. */
static void print_lost(const struct route *r)
{
	const char *p = buf_text(&r->followed), *end = p + r->followed.len, *address;
	enum route_outcome outcome;

	for (; r->lost > 0 && p < end; p += strlen(p) + 1) {
		address = p;
		p += strlen(p) + 1;
		outcome = (enum route_outcome)(*p++ - '0');
		if (outcome == ROUTE_BOUNCED || outcome == ROUTE_DEFERRED) {
			printf("; %s: %s: %s", address, words[outcome], p);
			return;
		}
	}
}

static void print_safe(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		putchar(is_control_byte(b->p[i]) ? '?' : b->p[i]);
}

void route_print(const struct route *r)
{
	print_safe(&r->address);
	printf("\n%soutcome: %s%s: ", buf_text(&r->steps), r->accepted ? "" : "refused, else ", words[r->outcome]);
	print_safe(&r->reason);
	print_lost(r);
	putchar('\n');
}

static void put_place(struct buf *b, const char *key, const struct route_place *p, bool has_value)
{
	json_key(b, key);
	if (p->file == NULL) {
		json_null(b);
		return;
	}
	json_open(b, '{');
	json_put_string(b, "file", p->file);
	json_put_number_or_null(b, "line", p->line > 0, (intmax_t)p->line);
	json_put_bytes(b, "key", &p->key);
	if (has_value)
		json_put_bytes(b, "value", &p->value);
	json_close(b, '}');
}

static void put_assign(struct buf *b, const struct route *r)
{
	const struct lookup *l = &r->assign;

	json_key(b, "assign");
	if (!r->has_assign) {
		json_null(b);
		return;
	}
	json_open(b, '{');
	json_put_string(b, "kind", lookup_word(l->kind));
	json_put_bytes(b, "key", &l->key);
	json_put_string(b, "user", l->user);
	json_put_number(b, "uid", l->uid);
	json_put_number(b, "gid", l->gid);
	json_put_string(b, "home", l->home);
	json_put_string(b, "dash", l->dash);
	json_put_string(b, "ext", l->ext);
	json_close(b, '}');
}

static void put_dotqmail(struct buf *b, const struct route *r)
{
	json_key(b, "dotqmail");
	if (!r->has_dotqmail) {
		json_null(b);
		return;
	}
	json_open(b, '{');
	json_key(b, "tried");
	json_open(b, '[');
	for (size_t at = 0; at < r->tried.len; at += strlen(r->tried.p + at) + 1)
		json_string(b, r->tried.p + at);
	json_close(b, ']');
	json_put_string(b, "file", r->file.len > 0 ? r->file.p : NULL);
	json_close(b, '}');
}

static void put_instructions(struct buf *b, const struct route *r)
{
	struct dotqmail_run run = {.text = buf_text(&r->text), .n = r->text.len, .forward_only = r->forward_only};
	struct dotqmail_line line;

	json_key(b, "instructions");
	json_open(b, '[');
	while (dotqmail_obey(&run, &line)) {
		json_open(b, '{');
		json_put_string(b, "type", dotqmail_word(line.kind));
		json_key(b, "value");
		json_bytes(b, line.value, line.n);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void put_followed(struct buf *b, const struct route *r)
{
	const char *p = buf_text(&r->followed), *end = p + r->followed.len;

	json_key(b, "followed");
	json_open(b, '[');
	for (; p < end; p += strlen(p) + 1) {
		json_open(b, '{');
		json_put_string(b, "address", p);
		p += strlen(p) + 1;
		json_put_string(b, "outcome", words[*p++ - '0']);
		json_put_string(b, "reason", p);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void put_relay(struct buf *b, const struct route *r)
{
	json_key(b, "relay");
	if (!r->has_relay) {
		json_null(b);
		return;
	}
	json_open(b, '{');
	json_put_bytes(b, "host", &r->relay);
	json_put_number(b, "port", r->port);
	json_close(b, '}');
}

void route_json(const struct route *r, struct buf *b)
{
	json_open(b, '{');
	json_put_bytes(b, "address", &r->address);
	json_put_bool(b, "accepted", r->accepted);
	json_put_string(b, "reply", r->reply.len > 0 ? r->reply.p : NULL);
	put_place(b, "rcpt", &r->rcpt, false);
	json_put_string(b, "channel", r->remote ? "remote" : "local");
	json_put_bytes(b, "rewritten", &r->rewritten);
	put_place(b, "virtualdomain", &r->virtualdomain, true);
	put_assign(b, r);
	put_dotqmail(b, r);
	put_instructions(b, r);
	put_relay(b, r);
	json_put_string(b, "outcome", words[r->outcome]);
	json_put_bytes(b, "reason", &r->reason);
	put_followed(b, r);
	json_close(b, '}');
}
