/* verdict - what becomes of the messages: exactly one verdict each, in the order in which they were offered. */
#include <stdio.h>
#include <string.h>

#include "smtp/engine.h"

struct smtp_message *engine_add(struct smtp *s, size_t id, uint64_t size)
{
	size_t slot = engine_add_slot(s);

	s->messages[slot] = (struct smtp_message){.id = id, .size = size};
	return &s->messages[slot];
}

void engine_settle(struct smtp_message *m, enum smtp_verdict verdict, const char *why)
{
	if (m->verdict != SMTP_NONE)
		return;
	m->verdict = verdict;
	snprintf(m->why, sizeof m->why, "%s", why);
}

void engine_let_go(struct smtp *s)
{
	s->hand = SMTP_NO_MESSAGE;
	if (s->chunking)
		s->out_end = s->chunk;
	s->chunking = false;
	s->body = (struct smtp_body){.octets = s->body.octets};
}

/* RFC 2920 3.1: what was said of it in the same group will be answered all the same. */
void engine_refuse(struct smtp *s, size_t message, enum smtp_verdict verdict, const char *why, bool lost)
{
	struct smtp_message *m = &s->messages[message];

	if (m->verdict == SMTP_NONE)
		m->lost = m->ended = lost;
	engine_settle(m, verdict, why);
	for (size_t i = 0; i < s->commands_n; i++) {
		struct smtp_command *c = &s->commands[engine_nth(s, i)];

		if (c->message == message)
			c->state = smtp_states[c->state].moot;
	}
	if (s->hand == message)
		engine_let_go(s);
}

/* All that is not sent, unless RSET comes next: the reply to it shows that the one to the end before it was in its place. */
static void drop_unsent(struct smtp *s)
{
	const struct smtp_command *c = NULL;
	size_t n = 0;

	do
		c = n < s->commands_n ? &s->commands[engine_nth(s, n++)] : NULL;
	while (c != NULL && engine_is_sent(s, c));
	if (c != NULL && c->state == AT_RSET && !s->good_bye) {
		s->commands_n = n;
		s->put = c->begins + c->line;
		for (size_t i = 0; i < s->messages_n; i++)
			if (s->messages[engine_slot(s, i)].end > s->put)
				s->messages[engine_slot(s, i)].end = 0;
		s->out_end = s->out_begin + (size_t)(s->put - s->sent);
		return;
	}
	s->dropped |= s->out_begin != s->out_end;
	s->out_begin = s->out_end = 0;
}

void engine_stop(struct smtp *s, enum smtp_ending ending, const char *why, bool drop)
{
	if (!s->stopping) {
		s->ending = ending;
		snprintf(s->trouble, sizeof s->trouble, "%s", why);
	}
	s->stopping = true;
	if (drop)
		drop_unsent(s);
	s->chunking &= !drop;
}

const struct smtp_message *smtp_settled(struct smtp *s)
{
	const struct smtp_message *m = &s->messages[s->messages_first];

	s->messages_first = engine_slot(s, 1);
	s->messages_n--;
	s->final_n -= s->final_n > 0;
	return m;
}
