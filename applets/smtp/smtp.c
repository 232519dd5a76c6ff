/* smtp - the client side of one SMTP session: its beginning, its pump, its end. */
#include "smtp/smtp.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "smtp/engine.h"

void smtp_start(struct smtp *s, const char *helo, const char *host, const struct smtp_limits *limits)
{
	memset(s, 0, offsetof(struct smtp, messages));
	s->limits = *limits;
	if (s->limits.messages == 0 || s->limits.messages > SMTP_MESSAGES)
		s->limits.messages = SMTP_MESSAGES;
	s->hand = SMTP_NO_MESSAGE;
	smtp_reply_printable(s->helo, sizeof s->helo, helo, strlen(helo));
	smtp_reply_printable(s->host, sizeof s->host, host, strlen(host));
	engine_say(s, AT_GREETING);
}

/* Also room in what waits to be sent, so that a small message is not cut into two chunks. */
static bool window_is_open(const struct smtp *s)
{
	const struct smtp_message *m = &s->messages[s->hand];
	size_t room = SMTP_OUT - s->out_end;

	if (s->out_end > 0 && (room < 2 * SMTP_GROUP || m->size > room - 2 * SMTP_GROUP))
		return false;
	if (s->flying == 0)
		return true;
	return s->proven && s->flying < s->limits.messages && s->flying_bytes + m->size <= s->limits.bytes;
}

/* May the next command of the message in hand be said? */
static bool may_go_on(const struct smtp *s)
{
	bool begins = s->next == AT_RSET || s->next == AT_MAIL;

	return engine_may_say(s) && (s->mode != SMTP_STREAMING || !begins || s->messages[s->hand].said || window_is_open(s));
}

static void begin(struct smtp *s, struct smtp_message *m)
{
	m->said = true;
	s->flying++;
	s->flying_bytes += m->size;
	if (s->mode == SMTP_STREAMING)
		s->open = true; /* it may be refused when the next MAIL is long on its way */
}

static bool is_command(enum state next)
{
	return next < AT_END;
}

/* Says what may be said now; of the message in hand all up to its text, which is the caller's to give. */
static void speak(struct smtp *s)
{
	while (s->hand != SMTP_NO_MESSAGE && is_command(s->next) && may_go_on(s)) {
		engine_say(s, s->next);
		if (!s->messages[s->hand].said)
			begin(s, &s->messages[s->hand]);
		s->next = s->next == AT_RCPT && s->mode == SMTP_STREAMING ? AT_LAST : s->next + 1;
	}
	/* Never behind an unanswered end of data: servers have dropped the message with the connection. */
	if (s->quitting && s->hand == SMTP_NO_MESSAGE && s->commands_n == 0)
		engine_say(s, AT_QUIT);
}

static bool wants_text(const struct smtp *s)
{
	return s->hand != SMTP_NO_MESSAGE && !is_command(s->next) && (s->chunking || engine_may_say(s)) &&
	       engine_room(s) >= 2;
}

static bool wants_message(const struct smtp *s)
{
	size_t most = s->mode == SMTP_STREAMING ? SMTP_MESSAGES : SMTP_GROUPED_MESSAGES;

	return s->hand == SMTP_NO_MESSAGE && !s->quitting && engine_may_say(s) && s->messages_n < most;
}

enum smtp_next smtp_next(struct smtp *s)
{
	if (s->messages_n > 0 && s->messages[s->messages_first].verdict != SMTP_NONE)
		return SMTP_VERDICT;
	if (s->closed)
		return SMTP_CLOSED;
	speak(s);
	if (wants_text(s))
		return SMTP_BODY;
	if (wants_message(s))
		return SMTP_OFFER;
	if (s->chunking)
		engine_say_chunk(s, false); /* no room for more of it */
	if (s->out_begin == s->out_end)
		return SMTP_READ;
	s->shown = s->put;
	return SMTP_WRITE;
}

const char *smtp_out(const struct smtp *s, size_t *n)
{
	*n = s->out_end - s->out_begin;
	return s->out + s->out_begin;
}

void smtp_sent(struct smtp *s, size_t n)
{
	if (n > s->out_end - s->out_begin)
		n = s->out_end - s->out_begin;
	s->sent += n;
	s->out_begin += n;
	if (s->out_begin == s->out_end)
		s->out_begin = s->out_end = 0;
}

/* In words; it is put behind what went wrong. */
static void add_doing(const struct smtp *s, char *to, size_t size)
{
	const struct smtp_command *c = engine_first(s);

	if (c != NULL)
		snprintf(to, size, " while waiting for %s", smtp_states[c->state].due);
	else if (s->hand != SMTP_NO_MESSAGE)
		snprintf(to, size, " while sending the message");
	else
		snprintf(to, size, " between two messages");
}

void smtp_lost(struct smtp *s, const char *why)
{
	char line[SMTP_WHY];

	smtp_reply_printable(line, REPLY_KEPT, why, strlen(why));
	add_doing(s, line + strlen(line), sizeof line - strlen(line));
	engine_end(s, line);
}

void smtp_quit(struct smtp *s)
{
	s->quitting = true;
}

int smtp_patience(const struct smtp *s)
{
	const struct smtp_command *c = engine_first(s);

	return smtp_states[c != NULL ? c->state : AT_NOTHING].patience;
}

const char *smtp_trouble(const struct smtp *s)
{
	return s->trouble[0] != '\0' ? s->trouble : NULL;
}

bool smtp_is_proven(const struct smtp *s)
{
	return s->proven;
}

bool smtp_is_ready(const struct smtp *s)
{
	return s->ready;
}

enum smtp_mode smtp_mode(const struct smtp *s)
{
	return s->mode;
}
