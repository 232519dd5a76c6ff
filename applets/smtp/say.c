/* say - commands go out, each into the ring of those whose reply is due. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "smtp/engine.h"
#include "smtp/path.h"

const struct smtp_command *engine_first(const struct smtp *s)
{
	return s->commands_n > 0 ? &s->commands[s->commands_first] : NULL;
}

bool engine_is_sent(const struct smtp *s, const struct smtp_command *c)
{
	return c->begins + c->line + c->octets <= s->sent;
}

static const struct smtp_command *last(const struct smtp *s)
{
	return &s->commands[engine_nth(s, s->commands_n - 1)];
}

static bool is_end_of_data(enum state state)
{
	return state == AT_END || state == AT_END_MOOT;
}

/* With room for the commands of all messages that may be under way, and of the one in hand: fewer where one is sent in many pieces. */
bool engine_may_say(const struct smtp *s)
{
	if (s->commands_n == 0)
		return true;
	if (s->mode == SMTP_LOCKSTEP || (s->mode == SMTP_PIPELINED && is_end_of_data(last(s)->state)))
		return false;
	return !smtp_states[last(s)->state].ends_group && s->commands_n < SMTP_SAID * (engine_most(s) + 1);
}

/* RFC 1870, RFC 6152, RFC 6531: parameters only of what was offered. */
static int mail_text(const struct smtp *s, char *to, size_t room)
{
	bool ascii = path_is_ascii(s->from) && path_is_ascii(s->to);
	char size[32] = "";

	if (s->offers.size)
		snprintf(size, sizeof size, " SIZE=%" PRIu64, s->messages[s->hand].size);
	return snprintf(to, room, "MAIL FROM:<%s>%s%s%s\r\n", s->from, size, s->offers.eightbit ? " BODY=8BITMIME" : "",
	                ascii ? "" : " SMTPUTF8");
}

static int text_of(struct smtp *s, enum state state, char *to, size_t room)
{
	switch (state) {
	case AT_RSET:
		return snprintf(to, room, "RSET\r\n");
	case AT_MAIL:
		return mail_text(s, to, room);
	case AT_RCPT:
		return snprintf(to, room, "RCPT TO:<%s>\r\n", s->to);
	case AT_DATA:
		return snprintf(to, room, "DATA\r\n");
	case AT_END:
	case AT_END_MOOT:
		return (int)smtp_body_end(&s->body, to);
	case AT_AGAIN:
		return snprintf(to, room, "%s %s\r\n", s->esmtp ? "EHLO" : "HELO", s->helo);
	case AT_EHLO:
		return snprintf(to, room, "EHLO %s\r\n", s->helo);
	case AT_HELO:
		return snprintf(to, room, "HELO %s\r\n", s->helo);
	case AT_QUIT:
		return snprintf(to, room, "QUIT\r\n");
	case AT_CHUNK: /* engine_say_chunk() */
	case AT_LAST:
	case AT_CHUNK_TRIAL:
	case AT_LAST_TRIAL:
	case AT_RCPT_MOOT: /* was said as RCPT */
	case AT_DATA_MOOT:
	case AT_BDAT_MOOT:
	case AT_GREETING:
	case AT_NOTHING:
	case STATES:
		break;
	}
	return 0;
}

void engine_add_command(struct smtp *s, enum state state, size_t line, size_t octets)
{
	s->commands[engine_add_nth(s)] = (struct smtp_command){
		.state = state,
		.message = (uint16_t)(state <= AT_LAST_TRIAL && state != AT_RSET ? s->hand : SMTP_NO_MESSAGE),
		.begins = s->put,
		.line = (uint32_t)line,
		.octets = (uint32_t)octets,
	};
	s->put += line + octets;
	if (state == AT_END || state == AT_LAST || state == AT_LAST_TRIAL)
		s->messages[s->hand].end = s->put;
}

/*
 * There is always room: a text leaves SMTP_GROUP bytes behind its end, and what follows that group is only said when
 * the group is answered, so sent, and the buffer empty; in streaming a message only begins where there is room.
 */
void engine_say(struct smtp *s, enum state state)
{
	int n = text_of(s, state, s->out + s->out_end, SMTP_OUT - s->out_end);

	engine_add_command(s, state, (size_t)n, 0);
	s->out_end += (size_t)n;
	if (state == AT_RSET || state == AT_END_MOOT || state == AT_AGAIN)
		s->open = false;
	if (state == AT_MAIL)
		s->mails++;
}
