/* status_page - the state of the dial-up hosts as one page of HTML. */
#include "dialup/status_page.h"

#include <time.h>

#include "dialup/status_text.h"
#include "lib/packed.h"
#include "qmail/conf.h"

enum { BAR = 3, HEIGHT = 40 };

/* Below 64em a row becomes a card, and its numbers say what they are. */
static const char head[] PACKED =
	"<meta name=viewport content=\"width=device-width,initial-scale=1\">"
	"<meta http-equiv=Content-Security-Policy content=\"" STATUS_PAGE_POLICY "\">"
	"<meta name=color-scheme content=\"light dark\"><link rel=icon href=\"data:,\"><style>"
	":root{--t:#1b1b1b;--p:#fff;--m:#595959;--l:#ccc;--d:#1a6fb5;--f:#b36b00;--b:#c2182b}"
	"@media(prefers-color-scheme:dark){:root{--t:#e6e6e6;--p:#161616;--m:#a8a8a8;--l:#444;--d:#5aa9e6;--f:#e0a030;--b:#ff6b7a}}"
	"body{font:1em/1.45 system-ui,sans-serif;color:var(--t);background:var(--p);margin:1.5em auto;padding:0 1em;max-width:90em}"
	"h1{margin:0}p,figcaption,small{color:var(--m)}figure{margin:1.5em 0;max-width:60em}"
	"dl{display:flex;flex-wrap:wrap;gap:1em 2.5em}dt{color:var(--m)}dd{margin:0;font-size:1.6em}"
	"svg{display:block;overflow:visible}figure svg{width:100%;height:8em}td svg{width:9em;height:1.6em}"
	".d{fill:var(--d)}.f{fill:var(--f)}.b{fill:var(--b)}.a{stroke:var(--l);vector-effect:non-scaling-stroke}"
	"table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35em .8em .35em 0;"
	"border-bottom:1px solid var(--l)}th[scope=row],td{overflow-wrap:anywhere}.n{text-align:right;white-space:nowrap}"
	"tr.s th[scope=row]{color:var(--b)}tr.r th[scope=row]{color:var(--f)}tbody:not(:empty) th[scope=rowgroup]{padding-top:1.5em}"
	"details table{width:auto}details td,details th{padding-right:1.5em}.h thead th{border-color:var(--m)}small{display:block;margin-top:.2em}"
	"i{display:inline-block;width:.7em;height:.7em;margin-right:.3em}i.d{background:var(--d)}i.f{background:var(--f)}"
	"i.b{background:var(--b)}@media(min-width:64em){.h th[scope=row]{min-width:16em}.h td:nth-child(7){min-width:18em}}"
	"@media(max-width:64em){.h,.h tbody,.h tr,.h td,.h th{display:block}.h thead{position:absolute;left:-999em}"
	".h td,.h th{border:0;padding:.1em 0}.h tr{border-bottom:1px solid var(--l);padding:.6em 0}"
	".h .n{display:inline-block;margin-right:1.2em}.h td::before{color:var(--m)}.h td:nth-child(2)::before{content:\"Waiting \"}"
	".h td:nth-child(3)::before{content:\"Size \"}.h td:nth-child(4)::before{content:\"Oldest \"}"
	".h td:nth-child(5)::before{content:\"Last \"}.h td:nth-child(6)::before{content:\"Next \"}}"
	"</style>";

/* Printable ASCII, escaped: for text and for the values of attributes in quotes. */
static void put_text(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		switch (*s) {
		case '<':
		case '>':
		case '&':
		case '"':
		case '\'':
			buf_printf(b, "&#%d;", *s);
			break;
		default:
			buf_char(b, *s < 32 || *s > 126 ? '?' : *s);
		}
}

static void put_size(struct buf *b, long long n)
{
	static const char units[][3] = {"KB", "MB", "GB", "TB"};
	size_t i = 0;

	if (n < 1000) {
		buf_printf(b, "%lld B", n);
		return;
	}
	for (; n >= 1000000 && i < 3; i++)
		n /= 1000;
	buf_printf(b, "%lld.%lld %s", n / 1000, n % 1000 / 100, units[i]);
}

/* key: each with the colour it has in the chart. */
static void put_counts(struct buf *b, const struct past_counts *c, bool key)
{
	buf_printf(b, "%s%lld delivered", key ? "<i class=d></i>" : "", c->delivered);
	if (c->deferred > 0)
		buf_printf(b, ", %s%lld deferred", key ? "<i class=f></i>" : "", c->deferred);
	if (c->bounced > 0)
		buf_printf(b, ", %s%lld bounced", key ? "<i class=b></i>" : "", c->bounced);
}

/* The n-th of what is stacked in an hour's bar. */
static long long part(const struct past_counts *c, int n)
{
	return n == 0 ? c->delivered : n == 1 ? c->deferred : c->bounced;
}

/* A bar an hour, oldest first; what is at least one is seen. */
static void put_bars(struct buf *b, const struct past *p, long long now, long long most, int n)
{
	for (int i = 0; i < PAST_HOURS; i++) {
		struct past_counts c = past_hour(p, now, PAST_HOURS - 1 - i);
		long long below = 0, high = 0;

		for (int k = 0; k <= n; k++) {
			below += high;
			high = part(&c, k) > 0 ? 1 + part(&c, k) * (HEIGHT - 1) / most : 0;
		}
		if (high > 0)
			buf_printf(b, "M%d %lldv-%lldh%dv%lldz", i * BAR, HEIGHT - below, high, BAR - 1, high);
	}
}

static void put_chart(struct buf *b, const struct past *p, long long now, long long most)
{
	static const char classes[] = "dfb";

	buf_printf(b, "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=none aria-hidden=true>", PAST_HOURS * BAR - 1, HEIGHT);
	for (int n = 0; n < 3 && most > 0; n++) {
		size_t from = b->len, empty;

		buf_printf(b, "<path class=%c d=\"", classes[n]);
		empty = b->len;
		put_bars(b, p, now, most, n);
		if (b->len == empty)
			b->len = from;
		else
			buf_str(b, "\"/>");
	}
	buf_printf(b, "<path class=a d=\"M0 %dH%d\"/></svg>", HEIGHT, PAST_HOURS * BAR - 1);
}

void status_page_open(struct status_page *p, long long now)
{
	*p = (struct status_page){.now = now, .oldest = -1};
	for (size_t i = 0; i < STATUS_LEVELS; i++)
		p->rows[i] = BUF(CONTROL_MAX);
}

void status_page_close(struct status_page *p)
{
	for (size_t i = 0; i < STATUS_LEVELS; i++)
		buf_free(&p->rows[i]);
}

static void put_ages(struct buf *b, const struct status *s, long long now)
{
	struct status_ages a;

	status_ages(s, now, &a);
	buf_printf(b, "<td class=n>%s<td class=n>%s%s<td class=n>", a.oldest, a.last, s->last.time > 0 ? " ago" : "");
	if (s->next > 0 && s->next <= now)
		buf_str(b, "now");
	else
		buf_printf(b, "%s%s", s->next > 0 ? "in " : "", a.next);
}

static void put_words(struct buf *b, const struct status *s, long long now)
{
	struct buf words = BUF(b->max);

	status_words(s, now, &words);
	buf_str(b, "<td>");
	put_text(b, buf_text(&words));
	b->failed |= buf_failed(&words);
	buf_free(&words);
}

static void put_day(struct buf *b, const struct past *p, long long now)
{
	long long most;
	struct past_counts day = past_day(p, now, &most);

	buf_str(b, "<td>");
	if (most == 0) {
		buf_str(b, "-\n");
		return;
	}
	put_chart(b, p, now, most);
	buf_str(b, "<small>");
	put_counts(b, &day, false);
	buf_str(b, "</small>\n");
}

static void sum(struct status_page *p, const struct status *s)
{
	p->waiting += s->waiting;
	p->bytes += s->bytes;
	if (s->oldest > p->oldest)
		p->oldest = s->oldest;
	past_sum(&p->past, &s->last.past, p->now);
}

static struct buf *begin_row(struct status_page *p, const char *host, enum status_level level)
{
	struct buf *b = &p->rows[level];

	p->hosts[level]++;
	buf_printf(b, "<tr%s><th scope=row>", level == STATUS_STUCK ? " class=s" : level == STATUS_RETRIED ? " class=r" : "");
	put_text(b, host);
	return b;
}

void status_page_add_unread(struct status_page *p, const char *host, const char *why)
{
	struct buf *b = begin_row(p, host, STATUS_STUCK);

	buf_str(b, "<td class=n>?<td class=n>?<td class=n>?<td class=n>?<td class=n>?<td>");
	put_text(b, why);
	buf_str(b, "<td>?\n");
}

void status_page_add(struct status_page *p, const char *host, const struct status *s)
{
	struct buf *b = begin_row(p, host, status_level(s));

	sum(p, s);
	buf_printf(b, "<td class=n>%zu<td class=n>", s->waiting);
	put_size(b, s->bytes);
	put_ages(b, s, p->now);
	put_words(b, s, p->now);
	put_day(b, &s->last.past, p->now);
}

static void put_time(struct buf *b, long long now)
{
	char text[40] = "";
	time_t t = (time_t)now;
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm);
	buf_str(b, text);
}

static size_t all_hosts(const struct status_page *p)
{
	return p->hosts[STATUS_FINE] + p->hosts[STATUS_RETRIED] + p->hosts[STATUS_STUCK];
}

static void put_sums(const struct status_page *p, struct buf *b)
{
	char text[AGE_TEXT];

	buf_printf(b, "<dl><div><dt>Hosts<dd>%zu</div><div><dt>Need attention<dd>%zu</div><div><dt>Messages wait<dd>%zu</div>"
	              "<div><dt>Their size<dd>", all_hosts(p), p->hosts[STATUS_STUCK], p->waiting);
	put_size(b, p->bytes);
	buf_printf(b, "</div><div><dt>Oldest<dd>%s</div></dl>", p->oldest >= 0 ? age_text(p->oldest, text) : "-");
}

static void put_hours(const struct status_page *p, struct buf *b)
{
	buf_str(b, "<details><summary>By the hour</summary><table><thead><tr><th scope=col>From (UTC)<th scope=col>Delivered"
	           "<th scope=col>Deferred<th scope=col>Bounced<th scope=col>Size<tbody>");
	for (int ago = PAST_HOURS - 1; ago >= 0; ago--) {
		struct past_counts c = past_hour(&p->past, p->now, ago);

		buf_printf(b, "<tr><th scope=row>%02lld:00<td class=n>%lld<td class=n>%lld<td class=n>%lld<td class=n>", c.hour % 24, c.delivered, c.deferred,
		           c.bounced);
		put_size(b, c.bytes);
	}
	buf_str(b, "</table></details>");
}

static void put_figure(const struct status_page *p, struct buf *b)
{
	long long most;
	struct past_counts day = past_day(&p->past, p->now, &most);

	buf_str(b, "<figure>");
	put_chart(b, &p->past, p->now, most);
	buf_str(b, "<figcaption>The last 24 hours, up to now at the right: ");
	put_counts(b, &day, true);
	buf_printf(b, "; at most %lld in an hour.</figcaption>", most);
	put_hours(p, b);
	buf_str(b, "</figure>");
}

static void put_group(struct buf *b, const struct status_page *p, enum status_level level, const char *title)
{
	const struct buf *rows = &p->rows[level];

	if (p->hosts[level] == 0)
		return;
	buf_printf(b, "<tbody><tr><th colspan=8 scope=rowgroup>%s: %zu\n", title, p->hosts[level]);
	buf_add(b, buf_text(rows), rows->len);
	b->failed |= buf_failed(rows);
}

void status_page_print(const struct status_page *p, const char *about, struct buf *out)
{
	buf_str(out, "<!DOCTYPE html><html lang=en><head><meta charset=utf-8>");
	packed_unpack();
	buf_str(out, head);
	buf_printf(out, "<title>Dial-up mail: %zu of %zu need attention</title><body><main><h1>Dial-up mail</h1><p>As of ",
	           p->hosts[STATUS_STUCK], all_hosts(p));
	put_time(out, p->now);
	buf_str(out, "; ");
	put_text(out, about);
	buf_str(out, "</p>");
	put_sums(p, out);
	put_figure(p, out);
	buf_str(out, "<table class=h><thead><tr><th scope=col>Host<th scope=col class=n>Waiting<th scope=col class=n>Size"
	             "<th scope=col class=n>Oldest<th scope=col class=n>Last<th scope=col class=n>Next<th scope=col>Result"
	             "<th scope=col>Last day\n");
	put_group(out, p, STATUS_STUCK, "Need attention");
	put_group(out, p, STATUS_RETRIED, "Mail waits for the next attempt");
	put_group(out, p, STATUS_FINE, "All others");
	buf_str(out, "</table></main></html>\n");
}
