/* smtp - the client side of one SMTP session: its beginning, its pump, its end. */
#include "smtp/smtp.h"

#include <stdio.h>
#include <string.h>

#include "smtp/engine.h"

void smtp_start(struct smtp *s, const char *helo, const char *host, const struct smtp_limits *limits)
{
	memset(s, 0, sizeof *s);
	s->max_mode = limits->mode > SMTP_GROUPED ? SMTP_GROUPED : limits->mode;
	s->hand = SMTP_NO_MESSAGE;
	reply_printable(s->helo, sizeof s->helo, helo, strlen(helo));
	reply_printable(s->host, sizeof s->host, host, strlen(host));
	engine_say(s, AT_GREETING);
}

/* Says what may be said now; of the message in hand all up to DATA, its text is the caller's to give. */
static void speak(struct smtp *s)
{
	while (s->hand != SMTP_NO_MESSAGE && s->next < AT_END && engine_may_say(s))
		engine_say(s, s->next++);
	/* Never behind an unanswered end of data: servers have dropped the message with the connection. */
	if (s->quitting && s->hand == SMTP_NO_MESSAGE && s->commands_n == 0)
		engine_say(s, AT_QUIT);
}

static bool wants_text(const struct smtp *s)
{
	return s->hand != SMTP_NO_MESSAGE && s->next == AT_END && engine_may_say(s) && engine_room(s) >= 2;
}

static bool wants_message(const struct smtp *s)
{
	return s->hand == SMTP_NO_MESSAGE && !s->quitting && engine_may_say(s) && s->messages_n < SMTP_MESSAGES;
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
		snprintf(to, size, " while waiting for %s", states[c->state].due);
	else if (s->hand != SMTP_NO_MESSAGE)
		snprintf(to, size, " while sending the message");
	else
		snprintf(to, size, " between two messages");
}

void smtp_lost(struct smtp *s, const char *why)
{
	char line[SMTP_WHY];

	reply_printable(line, REPLY_KEPT, why, strlen(why));
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

	return states[c != NULL ? c->state : AT_NOTHING].patience;
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
