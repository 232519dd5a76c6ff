/*
 * ring - messages and commands under way. A ring that is full grows in place, up to what the window may need: of the memory behind
 * it nothing was touched until then.
 */
#include <string.h>

#include "smtp/engine.h"

size_t engine_slot(const struct smtp *s, size_t i)
{
	return (s->messages_first + i) & (s->messages_size - 1);
}

size_t engine_nth(const struct smtp *s, size_t i)
{
	return (s->commands_first + i) & (s->commands_size - 1);
}

size_t engine_most(const struct smtp *s)
{
	if (s->mode != SMTP_STREAMING)
		return SMTP_GROUPED_MESSAGES;
	return s->limits.messages > SMTP_WINDOW ? s->limits.messages : SMTP_WINDOW;
}

static void move_slot(size_t *slot, size_t moved, size_t by)
{
	if (*slot < moved)
		*slot += by;
}

/* Those before the first one are the last ones: they go behind the others. */
static void grow_messages(struct smtp *s)
{
	size_t moved = s->messages_first, by = s->messages_size;

	memcpy(s->messages + by, s->messages, moved * sizeof *s->messages);
	s->messages_size *= 2;
	move_slot(&s->hand, moved, by);
	move_slot(&s->answered, moved, by);
	move_slot(&s->refused, moved, by);
	for (size_t i = 0; i < s->commands_n; i++) {
		struct smtp_command *c = &s->commands[engine_nth(s, i)];

		if (c->message < moved)
			c->message = (uint16_t)(c->message + by);
	}
}

size_t engine_add_slot(struct smtp *s)
{
	if (s->messages_n == s->messages_size)
		grow_messages(s);
	return engine_slot(s, s->messages_n++);
}

size_t engine_add_nth(struct smtp *s)
{
	if (s->commands_n == s->commands_size) {
		memcpy(s->commands + s->commands_size, s->commands, s->commands_first * sizeof *s->commands);
		s->commands_size *= 2;
	}
	return engine_nth(s, s->commands_n++);
}
