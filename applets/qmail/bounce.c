/* bounce - the text of a bounce (QSBMF) and its recipient. */
#include "qmail/bounce.h"

#include <stdio.h>
#include <string.h>

static const char gave_up[] =
	"I'm afraid I wasn't able to deliver your message to the following addresses.\n"
	"This is a permanent error; I've given up. Sorry it didn't work out.\n";
static const char bounced_twice[] =
	"I tried to deliver a bounce message to this address, but the bounce bounced!\n";

/* A VERP sender "owner-@host-@[]" gets its bounces as "owner-@host". */
static void strip_verp(char *address)
{
	static const char tail[] = "-@[]";
	size_t n = strlen(address), k = strlen(tail);

	if (n > k && strcmp(address + n - k, tail) == 0)
		address[n - k] = '\0';
}

void bounce_route(const struct conf *conf, const char *sender, struct bounce_route *r)
{
	*r = (struct bounce_route){
		.from = "",
		.program = "qvmail delivery",
		.intro = gave_up,
		.copy = "--- Below this line is a copy of the message.\n",
		.notice = "",
	};
	if (strcmp(sender, "#@[]") == 0)
		return;
	if (*sender == '\0') {
		r->from = "#@[]";
		r->intro = bounced_twice;
		r->copy = "--- Below this line is the original bounce.\n";
		snprintf(r->to, sizeof r->to, "%s", conf->bounces_to);
		return;
	}
	envelope_unquote(sender, r->to, sizeof r->to);
	strip_verp(r->to);
}

static void date(struct buf *b, time_t now)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm t;

	gmtime_r(&now, &t);
	buf_printf(b, "Date: %d %.3s %d %02d:%02d:%02d -0000\n", t.tm_mday, months + (size_t)t.tm_mon * 3, t.tm_year + 1900,
	           t.tm_hour, t.tm_min, t.tm_sec);
}

/* One paragraph: control bytes are removed, so that a server's reply cannot add lines. */
static void printable(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_char(b, (unsigned char)*s < 32 || (unsigned char)*s > 126 ? '?' : *s);
}

void bounce_text(struct buf *b, const struct conf *conf, const struct bounce_route *r, const struct envelope *e,
                 const char *report, time_t now)
{
	char to[sizeof r->to + 16];

	if (envelope_quote(r->to, to, sizeof to) < 0)
		to[0] = '\0';
	date(b, now);
	buf_printf(b, "From: MAILER-DAEMON@%s\nTo: %s\nSubject: failure notice\n\n", conf->bouncehost, to);
	buf_printf(b, "Hi. This is the %s program at %s.\n%s\n", r->program, conf->bouncehost, r->intro);
	buf_str(b, "<");
	printable(b, e->recipient);
	buf_str(b, ">:\n");
	printable(b, report);
	buf_printf(b, "\n%s%s\n%s\nReturn-Path: <%s>\n", r->notice, *r->notice != '\0' ? "\n" : "", r->copy, e->sender);
}
