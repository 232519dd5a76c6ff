/* answer - replies come in, each to the oldest command that has none, and move the session as the table says. */
#include <stdio.h>

#include "smtp/engine.h"
#include "smtp/moves.h"

/* What a reply that comes now answers. Whoever answers before the line is sent whole has not heard it. */
static struct smtp_command asked(const struct smtp *s)
{
	const struct smtp_command *c = engine_first(s);

	if (c != NULL && c->begins + c->line <= s->sent)
		return *c;
	return (struct smtp_command){.state = AT_NOTHING, .message = SMTP_NO_MESSAGE};
}

static enum reply_class class_of(int code)
{
	switch (code) {
	case 421:
		return REPLY_421;
	case 500:
	case 502:
	case 503:
	case 504:
		return REPLY_50Z;
	}
	return (enum reply_class)(code / 100 - 1);
}

static void breach(struct smtp *s, const char *said, enum state state)
{
	char why[SMTP_WHY];

	snprintf(why, sizeof why, "protocol violation: \"%.400s\" where %s was due", said, smtp_states[state].due);
	engine_end(s, why);
}

static void hang_up(struct smtp *s, enum state state)
{
	char why[SMTP_WHY];

	snprintf(why, sizeof why, "%.440s (%s)", s->reply.text, smtp_states[state].due);
	engine_end(s, state == AT_NOTHING ? s->reply.text : why);
}

static bool is_offered(const struct smtp_offers *o, enum smtp_mode mode)
{
	switch (mode) {
	case SMTP_LOCKSTEP:
		break;
	case SMTP_GROUPED:
		return o->pipelining;
	case SMTP_STREAMING:
		return o->pipelining && o->chunking;
	}
	return true;
}

static void be_ready(struct smtp *s)
{
	s->ready = true;
	s->mode = s->limits.mode;
	while (!is_offered(&s->offers, s->mode))
		s->mode--;
	s->body.octets = s->mode == SMTP_STREAMING;
}

/* Refused it was, so it is not there. */
static void be_unable(struct smtp *s, const struct smtp_command *c)
{
	char why[SMTP_WHY];

	snprintf(why, sizeof why, "offers CHUNKING, but refuses BDAT: %.400s", s->reply.text);
	engine_refuse(s, c->message, SMTP_TEMPORARY, why);
	s->messages[c->message].lost = true;
	engine_end(s, why);
}

static void move(struct smtp *s, const struct smtp_command *c, enum move m)
{
	switch (m) {
	case BREACH:
		breach(s, s->reply.text, c->state);
		break;
	case GO_ON:
		break;
	case SAY_EHLO:
		engine_say(s, AT_EHLO);
		break;
	case SAY_HELO:
		engine_say(s, AT_HELO);
		break;
	case READY:
		be_ready(s);
		break;
	case DELIVERED:
		s->proven = true;
		engine_settle(s, &s->messages[c->message], SMTP_DELIVERED, s->reply.text);
		break;
	case DEFER:
		engine_refuse(s, c->message, SMTP_TEMPORARY, s->reply.text);
		break;
	case BOUNCE:
		engine_refuse(s, c->message, SMTP_PERMANENT, s->reply.text);
		break;
	case UNABLE:
		be_unable(s, c);
		break;
	case LONE_DOT:
		engine_say(s, AT_END_MOOT);
		break;
	case HANG_UP:
		hang_up(s, c->state);
		break;
	case PART:
		s->closed = true;
		break;
	}
}

/*
 * Who says more than it was asked is ahead of itself: in streaming its replies to the last messages may still be to come when
 * all seems answered. Good-bye is 221, and comes when it has read everything.
 */
static bool is_no_good_bye(const struct smtp *s, enum state state)
{
	return state == AT_QUIT && s->mode == SMTP_STREAMING && s->reply.code != 221 && s->reply.code != 421;
}

static void take_reply(struct smtp *s)
{
	struct smtp_command c = asked(s);
	enum reply_class class = class_of(s->reply.code);
	enum move m = smtp_moves[c.state][class];

	if (is_no_good_bye(s, c.state))
		return;
	/* Before it has all the octets a server may refuse them, but not have taken them. */
	if (class == REPLY_2YZ && c.begins + c.line + c.octets > s->sent)
		m = BREACH;
	if (c.state != AT_NOTHING && m != BREACH) {
		s->commands_first = (s->commands_first + 1) % SMTP_COMMANDS;
		s->commands_n--;
	}
	if (class == REPLY_4YZ || class == REPLY_5YZ || class == REPLY_50Z)
		s->open |= smtp_states[c.state].stays_open;
	move(s, &c, m);
}

static void take_offer(struct smtp *s)
{
	if (asked(s).state == AT_EHLO && s->reply.lines > 1 && class_of(s->reply.code) == REPLY_2YZ)
		smtp_offers_add(&s->offers, s->reply.line);
}

void smtp_feed(struct smtp *s, const char *p, size_t n)
{
	while (n > 0 && !s->closed) {
		switch (smtp_reply_feed(&s->reply, &p, &n)) {
		case REPLY_MORE:
			break;
		case REPLY_LINE:
			take_offer(s);
			break;
		case REPLY_DONE:
			take_offer(s);
			take_reply(s);
			break;
		case REPLY_BAD:
			breach(s, s->reply.line, asked(s).state);
			break;
		}
	}
}
