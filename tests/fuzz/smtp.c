/*
 * smtp - the engine under libFuzzer; the dialogues of tests/smtp are its corpus.
 *
 * Of an input, read as a dialogue (tests/unit/smtp_dialogue.c), only the server's side and the messages count: mode, message, |LINE,
 * S: LINE, lost. Whatever comes: one verdict for each message, in order; no bare CR and no bare LF on the wire; an end.
 */
#include "fuzz.h"
#include "smtp/engine.h"
#include "smtp/smtp.h"

enum { MESSAGES = 300, EVENTS = 2000, STEPS = 1000000 };

struct piece {
	const char *p;
	size_t n;
};

static struct smtp s;
static struct piece text[MESSAGES], event[EVENTS]; /* an event without p: the connection is lost */
static size_t texts, events, offered, judged, delivered, said, at;
static struct smtp_limits limits;
static unsigned cut; /* how replies and writes are cut, from the input */

static size_t some(size_t n)
{
	cut = cut * 1664525 + 1013904223;
	return cut >> 30 != 0 || n == 0 ? n : 1 + (cut >> 8) % n;
}

/* As in a dialogue: who answered EHLO so, and RSET with "250 flushed". */
static void be_familiar(const char *reply, size_t n)
{
	char of_ehlo[REPLY_KEPT];

	snprintf(of_ehlo, sizeof of_ehlo, "%.*s", (int)n, reply);
	limits.looks = (struct smtp_looks){engine_looks(of_ehlo), engine_looks("250 flushed")};
}

static void parse_line(const char *p, size_t n)
{
	if (n > 2 && memcmp(p, "S:", 2) == 0 && events < EVENTS)
		event[events++] = (struct piece){p + 3, n - 3}; /* with its newline */
	else if (n >= 4 && memcmp(p, "lost", 4) == 0 && events < EVENTS)
		event[events++] = (struct piece){0};
	else if (n > 7 && memcmp(p, "message", 7) == 0 && texts < MESSAGES)
		text[texts++] = (struct piece){0};
	else if (n > 1 && *p == '|' && texts > 0)
		text[texts - 1] = (struct piece){p + 1, n - 1};
	else if (n > 6 && memcmp(p, "mode l", 6) == 0)
		limits.mode = SMTP_LOCKSTEP;
	else if (n > 6 && memcmp(p, "mode g", 6) == 0)
		limits.mode = SMTP_GROUPED;
	else if (n > 24 && memcmp(p, "mode streaming familiar ", 24) == 0)
		be_familiar(p + 24, n - 25);
}

static void parse(const char *p, size_t n)
{
	texts = events = 0;
	limits = (struct smtp_limits){.mode = SMTP_STREAMING, .messages = 1 + n % 8, .bytes = 100 + n};
	for (const char *end = p + n, *lf; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			return;
		parse_line(p, (size_t)(lf + 1 - p));
	}
}

static void take_bytes(void)
{
	static char last;
	size_t n;
	const char *p = smtp_out(&s, &n);

	check(n > 0, "nothing to write");
	n = some(n);
	for (size_t i = 0; i < n; i++) {
		check((p[i] == '\n') == (last == '\r'), "a bare CR or a bare LF on the wire");
		last = p[i];
	}
	smtp_sent(&s, n);
}

static void hear(void)
{
	struct piece *e = &event[at];
	size_t n;

	check(smtp_awaits_reply(&s) || smtp_has_spoken(&s), "no reply is awaited, and read");
	if (at == events || e->p == NULL) {
		smtp_lost(&s, "connection lost");
		return;
	}
	n = some(e->n);
	smtp_feed(&s, e->p, n);
	e->p += n;
	e->n -= n;
	at += e->n == 0;
}

static void set_owner(void)
{
	const struct piece *t = &text[offered - 1];
	size_t left = t->n - said;

	check(smtp_trouble(&s) != NULL || smtp_id(&s) == offered - 1, "text wanted of another message");
	if (left == 0)
		smtp_end(&s);
	else
		said += smtp_body(&s, t->p + said, some(left));
}

static void offer(void)
{
	said = 0;
	if (offered == texts) {
		smtp_quit(&s);
		return;
	}
	offered++;
	smtp_mail(&s, offered - 1, offered % 7 == 0 ? "" : "a@x.test", offered % 5 == 0 ? "b \n@y" : "b@y.test", text[offered - 1].n);
}

static void judge(void)
{
	const struct smtp_message *m = smtp_settled(&s);

	check(judged < offered && m->id == judged, "a verdict out of order");
	check(m->verdict != SMTP_NONE && m->why[0] != '\0', "a verdict that says nothing");
	check(!m->maybe_duplicate || m->lost, "maybe_duplicate, but not lost");
	judged++;
	delivered += m->verdict == SMTP_DELIVERED;
}

/* What it says of itself, at any time. */
static void look(void)
{
	check(!smtp_has_text_out(&s) || judged < offered || smtp_trouble(&s) != NULL, "text of no message is out");
	check(smtp_mails(&s) >= delivered && smtp_mails(&s) <= offered, "more was delivered than said, or said than offered");
	check(!smtp_is_proven(&s) || smtp_mails(&s) > 0, "proven by nothing");
	check(smtp_has_spoken(&s) || smtp_mails(&s) == 0, "MAIL before EHLO");
	check(smtp_is_ready(&s) || delivered == 0, "delivered before it was ready");
}

static int step(void)
{
	switch (smtp_next(&s)) {
	case SMTP_WRITE:
		take_bytes();
		break;
	case SMTP_READ:
		hear();
		break;
	case SMTP_OFFER:
		offer();
		break;
	case SMTP_BODY:
		set_owner();
		break;
	case SMTP_VERDICT:
		judge();
		break;
	case SMTP_CLOSED:
		return 0;
	}
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int steps = 0;

	cut = (unsigned)size;
	offered = judged = delivered = said = at = 0;
	parse((const char *)data, size);
	smtp_start(&s, "client.test", "sink.test", &limits);
	while (step()) {
		check(++steps < STEPS, "no end");
		look();
	}
	check(!(smtp_ended_early(&s) || smtp_ended_refused(&s)) || smtp_trouble(&s) == NULL || *smtp_trouble(&s) != '\0', "trouble without a word");
	check(judged == offered, "closed without a verdict on each");
	return 0;
}
