/* verdict - what becomes of the messages: exactly one verdict each, in the order in which they were offered. */
#include <stdio.h>
#include <string.h>

#include "smtp/engine.h"

struct smtp_message *engine_add(struct smtp *s, size_t id, uint64_t size)
{
	size_t slot = (s->messages_first + s->messages_n) % SMTP_MESSAGES;

	s->messages_n++;
	s->messages[slot] = (struct smtp_message){.id = id, .size = size};
	return &s->messages[slot];
}

void engine_settle(struct smtp *s, struct smtp_message *m, enum smtp_verdict verdict, const char *why)
{
	if (m->verdict != SMTP_NONE)
		return;
	if (m->said) {
		s->flying--;
		s->flying_bytes -= m->size;
	}
	m->verdict = verdict;
	snprintf(m->why, sizeof m->why, "%s", why);
}

/* RFC 2920 3.1: what was said of it in the same group will be answered all the same. */
void engine_refuse(struct smtp *s, size_t message, enum smtp_verdict verdict, const char *why)
{
	engine_settle(s, &s->messages[message], verdict, why);
	for (size_t i = 0; i < s->commands_n; i++) {
		struct smtp_command *c = &s->commands[(s->commands_first + i) % SMTP_COMMANDS];

		if (c->message != message)
			continue;
		c->state = smtp_states[c->state].moot;
		c->message = SMTP_NO_MESSAGE;
	}
	if (s->hand != message)
		return;
	s->hand = SMTP_NO_MESSAGE;
	if (s->chunking)
		s->out_end = s->chunk;
	s->chunking = false;
	s->body = (struct smtp_body){.octets = s->body.octets};
}

/*
 * The server may have all of it: once any byte of the end of data is in the caller's hands, or once the last of the octets that
 * BDAT has counted is sent.
 */
static bool may_be_there(const struct smtp *s, size_t message)
{
	for (size_t i = 0; i < s->commands_n; i++) {
		const struct smtp_command *c = &s->commands[(s->commands_first + i) % SMTP_COMMANDS];

		if (c->message != message)
			continue;
		if (c->state == AT_END)
			return s->shown > c->begins;
		if (c->state == AT_LAST || c->state == AT_LAST_TRIAL)
			return s->sent >= c->begins + c->line + c->octets;
	}
	return false;
}

static void lose(struct smtp *s, size_t message, const char *why)
{
	struct smtp_message *m = &s->messages[message];

	if (m->verdict != SMTP_NONE)
		return;
	engine_settle(s, m, SMTP_TEMPORARY, why);
	m->lost = true;
	m->maybe_duplicate = may_be_there(s, message);
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
