/*
 * mail - a message's first lines, addresses, .qmail files and their names, lists of local parts, bounces.
 *
 * What is taken has the form that its users rely on, and what is written can be read again.
 */
#include "fuzz.h"
#include "qmail/bounce.h"
#include "qmail/dotqmail.h"
#include "qmail/envelope.h"
#include "qmail/localparts.h"
#include "qmail/names.h"

static void quote_and_back(const char *address)
{
	char quoted[2 * ENVELOPE_ADDRESS_MAX + 16], back[2 * ENVELOPE_ADDRESS_MAX + 16], again[2 * sizeof back];

	if (envelope_quote(address, quoted, sizeof quoted) < 0)
		return;
	envelope_unquote(quoted, back, sizeof back);
	check(strcmp(back, address) == 0, "quoted and unquoted, it is another address");
	check(envelope_quote(back, again, sizeof again) == 0 && strcmp(again, quoted) == 0, "quoted twice, it differs");
}

/* A reply of the server, and the envelope, can add no line to a bounce. */
static void bounce(const struct envelope *e, const char *report)
{
	static const struct conf conf = {.bouncehost = "me.test", .bounces_to = "postmaster@me.test"};
	struct bounce_route r;
	struct buf b = BUF(FUZZ_TEXT);
	size_t lines = 0;

	bounce_route(&conf, e->sender, &r);
	check(memchr(r.to, '\0', sizeof r.to) != NULL, "a bounce to no string");
	bounce_text(&b, &conf, &r, e, report, 1000000000);
	check(!buf_failed(&b) && memchr(b.p, '\0', b.len) == NULL, "a bounce with a NUL");
	for (size_t i = 0; i < b.len; i++) {
		lines += b.p[i] == '\n';
		check(b.p[i] != '\r', "a bounce with a carriage return");
	}
	check(lines == (e->sender[0] == '\0' ? 14 : 15) || strcmp(e->sender, "#@[]") == 0, "a bounce with other lines");
	buf_free(&b);
}

/* A message behind its prefix; what follows is a server's reply. */
static void envelope(struct part in)
{
	struct part rest = in, prefix = part_next(&rest), head = part_next(&rest);
	char *before = string_of(prefix.p, prefix.n), *report = string_of(rest.p, rest.n);
	const char *why = NULL;
	struct envelope e;

	if (envelope_parse(head.p, head.n, before, &e, &why) == 0) {
		check(e.head <= head.n && head.p[e.head - 1] == '\n', "the two lines end elsewhere");
		check(strpbrk(e.sender, "\r\n") == NULL, "a sender of two lines");
		check(strchr(e.recipient, '@') != NULL && strchr(e.recipient, '\n') == NULL, "a recipient that is no address");
		quote_and_back(e.recipient);
		bounce(&e, report);
	} else {
		check(why != NULL && *why != '\0', "no reason is given");
	}
	free(before);
	free(report);
	free(prefix.p);
	free(head.p);
}

/* A name that was taken is taken again, as the same; and is safe in files and in their names. */
static void name(const char *s)
{
	struct err e = {0};
	struct name_domain d, twice;
	struct name_address a, again;
	char path[NAME_PATH_MAX + 1], path2[NAME_PATH_MAX + 1];
	struct name_host host;

	if (name_domain(&e, s, &d) == 0) {
		check(name_domain(&e, d.text, &twice) == 0 && strcmp(d.text, twice.text) == 0, "a domain that becomes another");
		check(strpbrk(d.text, "/:@ \n\t") == NULL && *d.text != '.', "a domain that is none");
	}
	if (name_address(&e, s, &a) == 0) {
		char whole[2 * NAME_DOMAIN_MAX + NAME_LOCAL_MAX];
		struct dotqmail_name file;
		char local[NAME_LOCAL_MAX + 8];

		name_whole(a.local, a.domain.text, whole, sizeof whole);
		check(name_address(&e, whole, &again) == 0 && strcmp(a.local, again.local) == 0 && a.many == again.many, "an address that becomes another");
		check(strpbrk(a.local, "/:\n ") == NULL && a.local[0] != '.', "an address that is none");
		dotqmail_name(a.local, &file);
		check(dotqmail_local(file.text, local, sizeof local) == 0 && strcmp(local, a.local) == 0, "the file is another address'");
	}
	if (name_path(&e, s, path) == 0)
		check(name_path(&e, path, path2) == 0 && strcmp(path, path2) == 0 && strpbrk(path, ":\n") == NULL, "a path that becomes another");
	if (name_maildir(&e, s, path) == 0)
		check(*path == '/' && strstr(path, "/../") == NULL, "a Maildir outside");
	if (name_relay(&e, s) == 0)
		check(name_split_relay(s, &host) == 0 && host.port >= 0 && host.port <= 65535, "a relay without a host");
	if (name_route(&e, s) == 0)
		check(name_relay(&e, s) == 0, "a route that is no relay");
	if (name_handle(&e, "handle", s) == 0)
		check(name_box(&e, s) == 0 && name_user(&e, s) == 0, "a handle that is no user");
	if (name_target(&e, s) == 0)
		check(strchr(s, '@') != NULL && strpbrk(s, "\n\r") == NULL, "a target that is no address");
}

/* Why it was refused is one line of a struct err; here it must only have one. */
static void names(struct part in)
{
	struct part rest = in;

	while (rest.n > 0) {
		struct part a = part_next(&rest);
		char *s = string_of(a.p, a.n);

		name(s);
		quote_and_back(s);
		free(s);
		free(a.p);
	}
}

static void dotqmail(struct part text)
{
	struct dotqmail_run run = {.text = text.p, .n = text.n, .forward_only = text.n % 2 == 0};
	struct dotqmail_line line;
	size_t next = 0, obeyed = 0;
	char local[300];
	char *s = string_of(text.p, text.n);
	struct dotqmail_name file;

	for (size_t at = 0; dotqmail_next(text.p, text.n, &at, &line); next++)
		check_within(text.p, text.n, line.value, line.n, "an instruction from elsewhere");
	while (dotqmail_obey(&run, &line)) {
		check_within(text.p, text.n, line.value, line.n, "an instruction from elsewhere");
		check(!run.forward_only || line.kind == DOTQMAIL_FORWARD, "more than forwards");
		check(*dotqmail_word(line.kind) != '\0', "an instruction without a kind");
		obeyed++;
	}
	check(obeyed <= next || text.n == 0, "more is obeyed than there is");
	if (dotqmail_local(s, local, sizeof local) == 0 && strlen(local) <= NAME_LOCAL_MAX) {
		dotqmail_name(local, &file);
		check(strcmp(file.text, s) == 0, "a file that is another address'");
	}
	free(s);
}

/* A list, and a local part that is asked for. */
static void list(struct part in)
{
	struct part rest = in, text = part_next(&rest), whom = part_next(&rest);
	char *local = string_of(whom.p, whom.n);
	size_t at = 0, number = 0, before = 0, len, line = 0;
	enum localparts_answer answer = localparts_ask(text.p, text.n, local, &line);
	const char *entry;
	bool found = false;

	while (localparts_next(text.p, text.n, &at, &number, &entry, &len)) {
		check_within(text.p, text.n, entry, len, "an entry from elsewhere");
		check(number > before && len > 0, "lines do not go forward");
		before = number;
		found |= localparts_is(local, strlen(local), entry, len);
		localparts_bad(entry, len);
	}
	check(!found || answer == LOCALPARTS_YES, "an entry that is not found");
	check(answer != LOCALPARTS_UNSURE || line <= number, "a line that is not there");
	free(local);
	free(text.p);
	free(whom.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct parser parsers[] = {{'e', envelope}, {'n', names}, {'q', dotqmail}, {'l', list}};

	return fuzz_choose(parsers, sizeof parsers / sizeof *parsers, data, size);
}
