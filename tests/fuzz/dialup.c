/*
 * dialup - what stands in a dial-up host's directory, which its owner can write: RELAYHOST, .qv-status, .qv-call, .qv-refused,
 * .qv-quota; and what is printed of it, as JSON and for Prometheus. And names that come through a descriptor: of hosts to be
 * flushed, of files that maildirserial sends.
 */
#include "dialup/attempt.h"
#include "dialup/call.h"
#include "dialup/metrics.h"
#include "dialup/nagios.h"
#include "dialup/refusals.h"
#include "dialup/relayhost.h"
#include "dialup/status_json.h"
#include "dialup/status_page.h"
#include "dialup/wake.h"
#include "fuzz.h"
#include "json_check.h"
#include "lib/json.h"
#include "lib/number.h"
#include "qmail/quota.h"
#include "serial/name_feed.h"

static bool is_number(long long n)
{
	return n >= 0 && n <= NUMBER_FOREIGN;
}

static void check_line(const char *s, const char *what)
{
	for (; *s != '\0'; s++)
		check((unsigned char)*s >= 32 && *s != 127, what);
}

static void relayhost(struct part text)
{
	struct err e = {0};
	struct relayhost r;

	if (relayhost_parse(&e, "RELAYHOST", text.p, text.n, &r) < 0) {
		check(e.code == EXIT_PERM && strncmp(e.text, "RELAYHOST:", 10) == 0, "refused without saying where");
		return;
	}
	check(r.n > 0 && r.n <= RELAYHOST_MAX, "no hosts");
	for (size_t i = 0; i < r.n; i++) {
		struct name_host twice;
		char again[NAME_DOMAIN_MAX + 20];
		const char *open = strchr(r.host[i].host, ':') != NULL ? "[" : "", *close = *open != '\0' ? "]" : "";

		check(r.host[i].port > 0 && r.host[i].port <= 65535, "no port");
		snprintf(again, sizeof again, "%s%s%s:%d", open, r.host[i].host, close, r.host[i].port);
		check(name_split_relay(again, &twice) == 0 && strcmp(twice.host, r.host[i].host) == 0, "a host that becomes another");
	}
}

/* Printable, and without a tag that is not the page's own. */
static void print_page(const struct status *s)
{
	struct buf out = BUF(1 << 20);
	struct status_page p;
	size_t scripts = 0;

	status_page_open(&p, 1795966218);
	status_page_add(&p, s->last.result, s);
	status_page_print(&p, s->last.wants, &out);
	check(!buf_failed(&out), "no page");
	for (size_t i = 0; i < out.len; i++) {
		check(out.p[i] == '\n' || (out.p[i] >= 32 && out.p[i] < 127), "a byte that is not printable");
		scripts += out.p[i] == '<' && strchr("<&\"' ?=", out.p[i + 1]) != NULL;
	}
	check(scripts == 0 && strstr(out.p, "<script") == NULL && strstr(out.p, "<img") == NULL, "a tag of others");
	status_page_close(&p);
	buf_free(&out);
}

static void print_nagios(const struct status *s)
{
	struct nagios n = {.warning = {10, 10}, .critical = {20, 20}};
	struct buf out = BUF(FUZZ_TEXT);

	nagios_add(&n, s->last.result, s);
	check(nagios_print(&n, &out) <= NAGIOS_UNKNOWN && strchr(out.p, '\n') == out.p + out.len - 1, "more than a line");
	check(strchr(out.p, '|') == strrchr(out.p, '|'), "numbers of others");
	buf_free(&out);
}

static void print_status(const struct attempt *l)
{
	struct status s = {.dir = "/home/serialmail/x", .oldest = 15, .waiting = 1, .last = *l};
	struct buf b = BUF(FUZZ_TEXT), exposed = BUF(FUZZ_TEXT);
	struct metrics m;

	status_json(&b, "x.test", &s, 1795966218);
	json_check(b.p, b.len);
	buf_free(&b);
	metrics_open(&m);
	metrics_add(&m, "x.test", &s);
	metrics_print(&m, &exposed);
	check(exposed.len > 0 && !buf_failed(&exposed), "no metrics");
	metrics_close(&m);
	buf_free(&exposed);
	print_page(&s);
	print_nagios(&s);
}

/* Read, written and read again it says the same. */
static void status(struct part text)
{
	struct attempt l, again;
	struct buf once = BUF(FUZZ_TEXT), twice = BUF(FUZZ_TEXT);
	char *s = string_of(text.p, text.n);

	attempt_parse(s, &l);
	check(is_number(l.time) && is_number(l.delivered) && is_number(l.most) && is_number(l.wanted) && is_number(l.bytes), "a number beyond all measure");
	check_line(l.result, "a result of more than a line");
	check_line(l.wants, "a demand of more than a line");
	attempt_print(&l, &once);
	free(s);
	s = string_of(buf_text(&once), once.len);
	attempt_parse(s, &again);
	attempt_print(&again, &twice);
	check(strcmp(buf_text(&once), buf_text(&twice)) == 0, "written again, it is another attempt");
	print_status(&l);
	buf_free(&once);
	buf_free(&twice);
	free(s);
}

static void call(struct part text)
{
	char line[CALL_LINE], again[CALL_LINE], copy[CALL_LINE], who[CALL_WHO];
	struct buf b = BUF(FUZZ_TEXT);
	struct call c, twice;

	snprintf(line, sizeof line, "%.*s", (int)strnlen(text.p, text.n), text.p);
	call_parse(line, &c);
	check(is_number(c.time) && is_number(c.served), "a time beyond all measure");
	check_line(c.result, "a result of more than a line");
	check_line(call_who(&c, who), "a caller of more than a line");
	check(call_print(&c, again) < CALL_LINE && again[strlen(again) - 1] == '\n', "a line without an end");
	memcpy(copy, again, sizeof copy);
	call_parse(copy, &twice);
	check(call_print(&twice, line) > 0 && strcmp(line, again) == 0, "written again, it is another call");
	json_open(&b, '{');
	call_json(&c, "call", &b);
	json_close(&b, '}');
	json_check(b.p, b.len);
	buf_free(&b);
}

/* .qv-refused, and a reply that may speak of an address. */
static void refusals(struct part text)
{
	struct refusal r;
	size_t at = 0;
	char *reply = string_of(text.p, text.n);

	refusals_is_address(reply);
	while (refusals_next(text.p, text.n, &at, &r)) {
		check_within(text.p, text.n, r.local, r.locallen, "an address from elsewhere");
		check_within(text.p, text.n, r.reply, r.replylen, "a reply from elsewhere");
		check(r.time >= 0 && r.locallen > 0, "a time before all time");
	}
	free(reply);
}

static void quota(struct part text)
{
	struct quota q;

	if (quota_parse(text.p, text.n, &q) == 0)
		check(q.messages >= 0 && q.bytes >= 0 && q.messages + q.bytes > 0, "a quota of nothing");
}

static int file_of(const struct part *in)
{
	int fd = memory_file();

	check(write(fd, in->p, in->n) == (ssize_t)in->n && lseek(fd, 0, SEEK_SET) == 0, "the file cannot be written");
	return fd;
}

static void hosts(struct part in)
{
	struct wake w = {.fd = file_of(&in)};
	const char *name;
	size_t names = 0;

	for (int i = 0; i < 3; i++) /* what does not fit is read by another call */
		while ((name = wake_next(&w)) != NULL) {
			check(strlen(name) < sizeof w.buf && strchr(name, '\n') == NULL, "a name of two lines");
			check(++names <= in.n, "more names than bytes");
		}
	wake_close(&w);
}

static void files(struct part in)
{
	static struct name_feed n;
	const char *name;
	enum name_feed_event event;
	size_t bytes = 0;

	n = (struct name_feed){.fd = file_of(&in)};
	while ((event = name_feed_next(&n, &name)) != NAME_FEED_END) {
		if (event == NAME_FEED_ONE)
			bytes += strlen(name) + 1;
		else if (name_feed_read(&n) < 0)
			break;
	}
	check(bytes <= in.n && (event != NAME_FEED_END || in.n == 0 || in.p[in.n - 1] != '\0' || bytes == in.n), "names are lost");
	close(n.fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct parser parsers[] = {
		{'r', relayhost}, {'s', status}, {'c', call}, {'f', refusals}, {'q', quota}, {'w', hosts}, {'n', files},
	};

	return fuzz_choose(parsers, sizeof parsers / sizeof *parsers, data, size);
}
