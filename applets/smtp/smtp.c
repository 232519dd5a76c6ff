/* smtp - the client side of one SMTP session: its beginning, its pump, its end. */
#include "smtp/smtp.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "smtp/engine.h"

void smtp_start(struct smtp *s, const char *helo, const char *host, const struct smtp_limits *limits)
{
	memset(s, 0, offsetof(struct smtp, out));
	s->limits = *limits;
	if (s->limits.messages == 0 || s->limits.messages > SMTP_WINDOW)
		s->limits.messages = SMTP_WINDOW;
	s->messages_size = SMTP_WINDOW;
	s->commands_size = SMTP_SAID * SMTP_WINDOW;
	s->hand = s->answered = s->refused = SMTP_NO_MESSAGE;
	smtp_reply_printable(s->helo, sizeof s->helo, helo, strlen(helo));
	smtp_reply_printable(s->host, sizeof s->host, host, strlen(host));
	engine_say(s, AT_GREETING);
}

/* Room in what waits to be sent, so that a small message is not cut into two chunks. */
static bool has_room(const struct smtp *s)
{
	size_t room = SMTP_OUT - s->out_end;

	return s->out_end == 0 || (room >= 2 * SMTP_GROUP && s->messages[s->hand].size <= room - 2 * SMTP_GROUP);
}

static bool window_is_open(const struct smtp *s)
{
	const struct smtp_message *m = &s->messages[s->hand];

	if (s->flying == 0)
		return true;
	return (s->proven || s->familiar) && s->flying < s->limits.messages && s->flying_bytes + m->size <= s->limits.bytes;
}

void smtp_set_window(struct smtp *s, size_t messages, uint64_t bytes)
{
	s->limits.messages = messages < SMTP_MESSAGES ? messages : SMTP_MESSAGES;
	s->limits.bytes = bytes;
}

/* May the next command of the message in hand be said? */
static bool may_go_on(const struct smtp *s)
{
	if (!engine_may_say(s))
		return false;
	return s->mode != SMTP_STREAMING || s->next != AT_MAIL || (has_room(s) && window_is_open(s));
}

static void begin(struct smtp *s, struct smtp_message *m)
{
	m->said = true;
	s->flying++;
	s->flying_bytes += m->size;
	if (s->mode == SMTP_STREAMING)
		s->open = true; /* until the RSET behind it */
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
		if (s->next == AT_MAIL)
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

static bool is_reached(uint64_t n, uint64_t limit)
{
	return limit > 0 && n >= limit;
}

/* As many as the server takes in a session, or as can be without a final verdict at once. */
static void see_limits(struct smtp *s)
{
	if (s->hand != SMTP_NO_MESSAGE || s->quitting || !s->ready)
		return;
	s->enough = is_reached(s->mails, s->offers.mail_max) || is_reached(s->mails, s->limits.most) ||
	            (s->messages_n >= engine_most(s) && s->commands_n == 0);
	s->quitting = s->enough;
}

static bool wants_message(const struct smtp *s)
{
	return s->hand == SMTP_NO_MESSAGE && !s->quitting && engine_may_say(s) && s->messages_n < engine_most(s);
}

size_t smtp_held(const struct smtp *s)
{
	bool offered = s->hand != SMTP_NO_MESSAGE;

	if (s->mode != SMTP_STREAMING || !(s->proven || s->familiar) || s->out_end > 0)
		return 0;
	if (offered ? s->next == AT_MAIL && !window_is_open(s) : s->messages_n >= engine_most(s))
		return s->messages_n - offered;
	return 0;
}

static enum smtp_next write_or_read(struct smtp *s)
{
	return s->out_begin == engine_said(s) ? SMTP_READ : SMTP_WRITE;
}

/* Who says too much to take a message, does so at its beginning; elsewhere 421 may have been the reply to something else. */
static enum engine_trust trust(const struct smtp *s)
{
	if (s->changed) /* only 221 shows that the count is right */
		return TRUST_NONE;
	return s->off_turn ? TRUST_FOLLOWED : TRUST_ALL;
}

/* What was said is sent and heard to its end, then QUIT, unless the server would take that for something else. */
static enum smtp_next wind_down(struct smtp *s)
{
	const struct smtp_command *c = engine_first(s);
	bool mute = s->good_bye || s->dropped;

	if (!mute && s->out_begin != engine_said(s))
		return SMTP_WRITE;
	if (c != NULL && engine_is_sent(s, c))
		return SMTP_READ;
	if (mute)
		engine_end(s, s->ending, s->trouble, trust(s));
	else
		engine_say(s, AT_QUIT);
	return smtp_next(s);
}

/*
 * QUIT is sent, and its reply would tell nothing: in streaming no message waits for that to be final. Postfix does not wait for
 * it either. Where there is somebody between (ATRN), he is told by it.
 */
static bool is_done(const struct smtp *s)
{
	const struct smtp_command *c = engine_first(s);

	return c != NULL && c->state == AT_QUIT && s->mode == SMTP_STREAMING && s->proven && s->messages_n == 0 &&
	       s->out_begin == s->out_end && !s->limits.lines;
}

enum smtp_next smtp_next(struct smtp *s)
{
	if (s->final_n > 0 || (s->messages_n > 0 && s->messages[s->messages_first].ours))
		return SMTP_VERDICT;
	if (s->closed)
		return SMTP_CLOSED;
	if (s->stopping)
		return wind_down(s);
	see_limits(s);
	speak(s);
	if (wants_text(s))
		return SMTP_BODY;
	if (wants_message(s))
		return SMTP_OFFER;
	if (s->chunking && engine_may_say_chunk(s))
		engine_say_chunk(s, false); /* no room for more of it */
	if (is_done(s)) {
		engine_end(s, SMTP_PEACE, "", TRUST_ALL);
		return SMTP_CLOSED;
	}
	return write_or_read(s);
}

const char *smtp_out(const struct smtp *s, size_t *n)
{
	*n = engine_said(s) - s->out_begin;
	return s->out + s->out_begin;
}

void smtp_sent(struct smtp *s, size_t n)
{
	size_t said = engine_said(s);

	if (n > said - s->out_begin)
		n = said - s->out_begin;
	s->sent += n;
	s->out_begin += n;
	if (s->out_begin < said)
		return;
	if (said < s->out_end)
		memmove(s->out, s->out + said, s->out_end - said);
	s->out_end -= said;
	s->out_begin = s->chunk = 0;
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

static void end_with(struct smtp *s, enum smtp_ending ending, const char *why, enum engine_trust trust)
{
	char line[SMTP_WHY];

	smtp_reply_printable(line, REPLY_KEPT, why, strlen(why));
	add_doing(s, line + strlen(line), sizeof line - strlen(line));
	engine_end(s, ending, line, trust);
}

void smtp_lost(struct smtp *s, const char *why)
{
	end_with(s, SMTP_LOST, why, trust(s));
}

void smtp_leave(struct smtp *s, const char *why)
{
	end_with(s, SMTP_LEFT, why, TRUST_FOLLOWED);
}

/*
 * An end of data, or BDAT LAST, was answered, and nothing of what was said behind it: there are servers that throw away what
 * comes in one piece with it. QUIT shows it: its 221 comes in the place of theirs. As the message behind is not begun, and the
 * server waits for no octets, nothing else can come of it.
 */
static bool may_probe(const struct smtp *s)
{
	return s->answered != SMTP_NO_MESSAGE && s->mode >= SMTP_GROUPED && !s->behind_works && !s->stopping &&
	       s->commands_n > 0 && s->out_begin == s->out_end && s->commands[s->commands_first].octets == 0 &&
	       s->commands[engine_nth(s, s->commands_n - 1)].octets == 0;
}

/* What was answered when more had been said already may be what was said behind it. */
static bool one_may_be_missing(const struct smtp *s)
{
	if (s->good_bye)
		return true;
	if (s->mode <= SMTP_PIPELINED)
		return false;
	return s->mode == SMTP_STREAMING || s->answered == SMTP_NO_MESSAGE;
}

void smtp_silent(struct smtp *s, const char *why)
{
	if (!may_probe(s)) {
		end_with(s, SMTP_SILENT, why, one_may_be_missing(s) ? TRUST_NONE : TRUST_ALL);
		return;
	}
	engine_stop(s, SMTP_ODD, "no reply to what was sent after the end of a message", false);
	s->probing = true;
	engine_say(s, AT_QUIT);
}

void smtp_quit(struct smtp *s)
{
	s->quitting = true;
}

void smtp_rest(struct smtp *s)
{
	if (s->commands_n == 0 && s->hand == SMTP_NO_MESSAGE && s->final_n < s->messages_n && !s->quitting && !s->closed)
		engine_say(s, AT_AGAIN);
}

int smtp_patience(const struct smtp *s)
{
	enum { END_PATIENCE = 600, PROBE_PATIENCE = 10, GOOD_BYE_PATIENCE = 30 };
	const struct smtp_command *c = engine_first(s);
	int patience = smtp_states[c != NULL ? c->state : AT_NOTHING].patience;

	if (may_probe(s))
		return PROBE_PATIENCE;
	if (s->good_bye || s->probing)
		return GOOD_BYE_PATIENCE;
	/* The last reply may have been one too many, and the true one be still to come. */
	if (s->answered != SMTP_NO_MESSAGE && patience < END_PATIENCE)
		return END_PATIENCE;
	return patience;
}

const char *smtp_trouble(const struct smtp *s)
{
	return s->trouble[0] != '\0' ? s->trouble : NULL;
}

enum smtp_ending smtp_ending(const struct smtp *s)
{
	return s->ending;
}

bool smtp_has_spoken(const struct smtp *s)
{
	return s->sent > 0;
}

bool smtp_awaits_reply(const struct smtp *s)
{
	return s->commands_n > 0;
}

static bool is_text(enum state state)
{
	return state >= AT_END && state <= AT_LAST_TRIAL;
}

bool smtp_has_text_out(const struct smtp *s)
{
	for (size_t i = 0; i < s->commands_n; i++)
		if (is_text(s->commands[engine_nth(s, i)].state))
			return true;
	for (size_t i = 0; i < s->messages_n; i++)
		if (s->messages[engine_slot(s, i)].answered)
			return true;
	return s->chunking || (s->hand != SMTP_NO_MESSAGE && s->next == AT_END && s->commands_n == 0);
}

bool smtp_ended_early(const struct smtp *s)
{
	return s->ended_at == AT_MAIL || s->ended_at == AT_RSET || s->ended_at == AT_NOTHING;
}

bool smtp_ended_refused(const struct smtp *s)
{
	return s->refused_last;
}

bool smtp_has_enough(const struct smtp *s)
{
	return s->enough;
}

uint64_t smtp_mails(const struct smtp *s)
{
	return s->mails;
}

bool smtp_is_proven(const struct smtp *s)
{
	return s->proven;
}

struct smtp_looks smtp_looks(const struct smtp *s)
{
	if ((!s->proven && !s->familiar) || s->mode != SMTP_STREAMING || s->ending != SMTP_PEACE)
		return (struct smtp_looks){0};
	return (struct smtp_looks){s->of_ehlo, s->of_rset};
}

bool smtp_is_ready(const struct smtp *s)
{
	return s->ready;
}

enum smtp_mode smtp_mode(const struct smtp *s)
{
	return s->mode;
}
