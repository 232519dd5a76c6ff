/* verdict - what becomes of the messages: exactly one verdict each, in the order in which they were offered. */
#include <stdio.h>
#include <string.h>

#include "smtp/engine.h"

struct smtp_message *engine_add(struct smtp *s, size_t id)
{
	size_t slot = (s->messages_first + s->messages_n) % SMTP_MESSAGES;

	s->messages_n++;
	s->messages[slot] = (struct smtp_message){.id = id};
	return &s->messages[slot];
}

void engine_settle(struct smtp_message *m, enum smtp_verdict verdict, const char *why)
{
	if (m->verdict != SMTP_NONE)
		return;
	m->verdict = verdict;
	snprintf(m->why, sizeof m->why, "%s", why);
}

/* RFC 2920 3.1: what was said of it in the same group will be answered all the same. */
void engine_refuse(struct smtp *s, size_t message, enum smtp_verdict verdict, const char *why)
{
	engine_settle(&s->messages[message], verdict, why);
	for (size_t i = 0; i < s->commands_n; i++) {
		struct smtp_command *c = &s->commands[(s->commands_first + i) % SMTP_COMMANDS];

		if (c->message != message)
			continue;
		c->state = states[c->state].moot;
		c->message = SMTP_NO_MESSAGE;
	}
	if (s->hand == message)
		s->hand = SMTP_NO_MESSAGE;
}

/* True once any byte of its end of data is in the caller's hands: then the server may have all of it. */
static bool end_was_shown(const struct smtp *s, size_t message)
{
	for (size_t i = 0; i < s->commands_n; i++) {
		const struct smtp_command *c = &s->commands[(s->commands_first + i) % SMTP_COMMANDS];

		if (c->state == AT_END && c->message == message)
			return s->shown > c->begins;
	}
	return false;
}

static void lose(struct smtp *s, size_t message, const char *why)
{
	struct smtp_message *m = &s->messages[message];

	if (m->verdict != SMTP_NONE)
		return;
	engine_settle(m, SMTP_TEMPORARY, why);
	m->lost = true;
	m->maybe_duplicate = end_was_shown(s, message);
}

void engine_end(struct smtp *s, const char *why)
{
	const struct smtp_command *c = engine_first(s);

	if (s->closed)
		return;
	s->closed = true;
	/* QUIT is said when all is acknowledged: whatever happens then is peace. */
	if (c == NULL || c->state != AT_QUIT)
		snprintf(s->trouble, sizeof s->trouble, "%s", why);
	for (size_t i = 0; i < s->messages_n; i++)
		lose(s, (s->messages_first + i) % SMTP_MESSAGES, why);
	s->hand = SMTP_NO_MESSAGE;
}

const struct smtp_message *smtp_settled(struct smtp *s)
{
	const struct smtp_message *m = &s->messages[s->messages_first];

	s->messages_first = (s->messages_first + 1) % SMTP_MESSAGES;
	s->messages_n--;
	return m;
}
