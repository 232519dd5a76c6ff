/*
 * route - what qmail's programs decide about an address, under libFuzzer.
 *
 * An input is rcpthosts, locals, percenthack, virtualdomains, smtproutes, a .qmail file and RCPT's argument, with a byte 0xFF
 * between one and the next. Whatever they hold: an end, and nothing that points outside of what it came from; and told as JSON
 * it is JSON.
 */
#include "fuzz.h"
#include "json_check.h"
#include "qmail/dotqmail.h"
#include "qmail/rcpt.h"
#include "qmail/rewrite.h"
#include "qmail/smtproutes.h"
#include "route/route.h"

enum which { RCPTHOSTS, LOCALS, PERCENTHACK, VIRTUALDOMAINS, SMTPROUTES, DOTQMAIL, ARGUMENT, PARTS };

enum { STEPS = 100000, TEXT_MAX = 1 << 20 };

static struct constmap part[PARTS];

static void split(const char *p, size_t n)
{
	const char *end;

	for (size_t i = 0; i < PARTS; i++) {
		end = memchr(p, 0xff, n);
		part[i] = (struct constmap){.p = p, .n = end != NULL ? (size_t)(end - p) : n};
		p += part[i].n + (end != NULL);
		n -= part[i].n + (end != NULL);
	}
}

static void receive(struct buf *address)
{
	struct buf argument = BUF(TEXT_MAX);
	struct constmap_entry e;
	struct ip_address ip;
	size_t host;

	buf_add(&argument, part[ARGUMENT].p, part[ARGUMENT].n);
	rcpt_typed(buf_text(&argument), address);
	check(address->len <= argument.len, "an address longer than what was typed");
	address->len = 0;
	rcpt_address(buf_text(&argument), address);
	check(address->len <= argument.len, "an address longer than the argument");
	host = rcpt_host(buf_text(address), address->len);
	rcpt_literal(buf_text(address), address->len, &ip);
	if (host <= address->len && rcpt_allowed(&part[RCPTHOSTS], address->p + host, address->len - host, &e))
		check_within(part[RCPTHOSTS].p, part[RCPTHOSTS].n, e.key, e.keylen, "a key from elsewhere");
	buf_free(&argument);
}

/* Shown without its logins it has as many lines. */
static void show(void)
{
	struct buf shown = BUF(TEXT_MAX);
	size_t lines = 0;

	smtproutes_show_lines(&shown, part[SMTPROUTES].p, part[SMTPROUTES].n);
	for (size_t i = 0; i < shown.len; i++)
		lines += shown.p[i] == '\n';
	for (size_t i = 0; i < part[SMTPROUTES].n; i++)
		lines -= part[SMTPROUTES].p[i] == '\n';
	check(lines == 0, "lines that are not there are shown");
	smtproutes_names(part[SMTPROUTES].p, part[SMTPROUTES].n, "relay.test:26");
	buf_free(&shown);
}

static void send_on(const struct buf *rewritten)
{
	size_t host = rcpt_host(buf_text(rewritten), rewritten->len);
	struct smtproute to;

	check(host <= rewritten->len, "a rewritten address without a host");
	smtproutes_find(&part[SMTPROUTES], rewritten->p + host, rewritten->len - host, &to);
	check(to.port <= UINT16_MAX, "no port");
	if (to.relayed)
		check_within(part[SMTPROUTES].p, part[SMTPROUTES].n, to.host, to.hostlen, "a relay from elsewhere");
}

static void rewrite_it(struct buf *address)
{
	const struct rewrite_maps maps = {"me.test", part[PERCENTHACK], part[LOCALS], part[VIRTUALDOMAINS]};
	struct buf to = BUF(TEXT_MAX);
	struct constmap_entry e;
	struct rewrite how;
	int steps = 0;

	while (rewrite_step(&maps, address, &e))
		check(++steps < STEPS, "no end of rewriting");
	rewrite(&maps, address, &to, &how);
	check(to.len >= address->len && memcmp(to.p + to.len - address->len, address->p, address->len) == 0,
	      "the rewritten address does not end with the address");
	send_on(&to);
	buf_free(&to);
}

static void obey(void)
{
	struct dotqmail_run run = {.text = part[DOTQMAIL].p, .n = part[DOTQMAIL].n};
	struct dotqmail_line line;
	size_t last = 0;

	while (dotqmail_obey(&run, &line)) {
		check_within(part[DOTQMAIL].p, part[DOTQMAIL].n, line.value, line.n, "an instruction from elsewhere");
		check(run.line > last, "lines do not go forward");
		last = run.line;
	}
}

static struct buf copy(enum which w)
{
	struct buf b = BUF(TEXT_MAX);

	buf_add(&b, part[w].p, part[w].n);
	buf_add(&b, "", 1);
	b.len--;
	return b;
}

/* Each part stands where a file's bytes come to; a name, and what was sent on, end at a NUL. */
static void tell(const struct buf *address)
{
	struct buf place = copy(VIRTUALDOMAINS), name = copy(LOCALS), relay = copy(SMTPROUTES), said = BUF(FUZZ_TEXT);
	struct route r = {
		.address = *address, .rewritten = *address, .accepted = name.len % 2 == 0, .reply = copy(ARGUMENT), .remote = relay.len % 2 == 0,
		.rcpt = {.file = "rcpthosts", .key = place}, .virtualdomain = {.file = relay.len % 3 == 0 ? NULL : "virtualdomains", .line = 3, .key = place, .value = relay},
		.has_assign = relay.len % 5 > 0, .assign = {.kind = LOOKUP_WILDCARD, .key = place, .user = name.p, .home = relay.p, .dash = "-", .ext = place.p},
		.has_dotqmail = name.len > 0, .tried = BUF(TEXT_MAX), .file = name, .text = copy(DOTQMAIL), .forward_only = name.len % 3 == 0,
		.has_relay = relay.len > 0, .relay = relay, .port = 25, .outcome = (enum route_outcome)(name.len % (ROUTE_REMOTE + 1)), .reason = place,
		.followed = BUF(TEXT_MAX),
	};

	buf_add(&r.tried, name.p, name.len + 1);
	buf_printf(&r.followed, "%s%c%c%s%c", name.p, 0, '0' + (int)r.outcome, relay.p, 0);
	route_json(&r, &said);
	check(!buf_failed(&said), "no JSON");
	json_check(said.p, said.len);
	buf_free(&r.reply);
	buf_free(&r.tried);
	buf_free(&r.text);
	buf_free(&r.followed);
	buf_free(&place);
	buf_free(&name);
	buf_free(&relay);
	buf_free(&said);
}

static void search(const struct buf *ext)
{
	struct buf name = BUF(TEXT_MAX);
	int names = 0;

	for (size_t at = 0; dotqmail_candidate("-", buf_text(ext), &at, &name);)
		check(++names < STEPS, "no end of .qmail names");
	check(strcmp(buf_text(&name), ".qmail-default") == 0, "the last one is not .qmail-default");
	buf_free(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf address = BUF(TEXT_MAX);

	split((const char *)data, size);
	receive(&address);
	search(&address);
	rewrite_it(&address);
	show();
	obey();
	tell(&address);
	buf_free(&address);
	return 0;
}
