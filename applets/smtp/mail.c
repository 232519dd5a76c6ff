/* mail - a message comes in: may it be sent here at all, and then its text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "smtp/engine.h"
#include "smtp/path.h"

static bool has_path_fault(const char *whose, const char *address, struct smtp_message *m)
{
	const char *fault = path_fault(address);

	if (fault != NULL)
		snprintf(m->why, sizeof m->why, "its %s's address %s", whose, fault);
	return fault != NULL;
}

/* The last line of defence: what gets past here goes out as it is. */
static bool has_fault(const struct smtp *s, const char *from, const char *to, uint64_t size, struct smtp_message *m)
{
	bool ascii = path_is_ascii(from) && path_is_ascii(to);
	uint64_t max = s->offers.size_max;

	if (has_path_fault("sender", from, m) || has_path_fault("recipient", to, m))
		return true;
	if (*to == '\0')
		snprintf(m->why, sizeof m->why, "its recipient's address is empty");
	else if (!ascii && !s->offers.utf8)
		snprintf(m->why, sizeof m->why, "%s takes only ASCII in addresses: it does not offer SMTPUTF8", s->host);
	else if (max > 0 && size > max)
		snprintf(m->why, sizeof m->why, "message of %" PRIu64 " bytes, %s takes at most %" PRIu64, size, s->host, max);
	return m->why[0] != '\0';
}

void smtp_mail(struct smtp *s, size_t id, const char *from, const char *to, uint64_t size)
{
	struct smtp_message *m;

	if (s->messages_n == SMTP_MESSAGES)
		return;
	m = engine_add(s, id, size);
	if (s->closed) {
		engine_settle(m, SMTP_TEMPORARY, s->trouble);
		m->lost = m->ours = true;
		return;
	}
	if (has_fault(s, from, to, size, m)) {
		m->verdict = SMTP_PERMANENT;
		m->ours = true;
		return;
	}
	memcpy(s->from, from, strlen(from) + 1);
	memcpy(s->to, to, strlen(to) + 1);
	s->hand = (size_t)(m - s->messages);
	s->body.octets = s->mode == SMTP_STREAMING;
	s->next = s->open ? AT_RSET : AT_MAIL;
}

size_t smtp_id(const struct smtp *s)
{
	return s->hand != SMTP_NO_MESSAGE ? s->messages[s->hand].id : 0;
}

/* Behind the text there must be room for its end and for the group of the next message: one write for all of it. */
size_t engine_room(const struct smtp *s)
{
	size_t limit = SMTP_OUT - SMTP_GROUP - BODY_END_MAX - (s->chunking ? 0 : SMTP_CHUNK);

	return s->out_end < limit ? limit - s->out_end : 0;
}

static void begin_chunk(struct smtp *s)
{
	s->chunking = true;
	s->chunk = s->out_end;
	s->out_end += SMTP_CHUNK;
}

size_t engine_said(const struct smtp *s)
{
	return s->chunking ? s->chunk : s->out_end;
}

static size_t gathered(const struct smtp *s)
{
	return s->out_end - s->chunk - SMTP_CHUNK;
}

/* How many of the octets gathered end with the last end of a line; all of them where there is none, or none is asked for. */
static size_t whole_lines(const struct smtp *s, size_t n)
{
	const char *octets = s->out + s->chunk + SMTP_CHUNK, *lf = s->limits.lines ? memrchr(octets, '\n', n) : NULL;

	return lf != NULL ? (size_t)(lf - octets) + 1 : n;
}

bool engine_may_say_chunk(const struct smtp *s)
{
	if (!s->limits.lines || s->out_begin == s->chunk)
		return true;
	return memchr(s->out + s->chunk + SMTP_CHUNK, '\n', gathered(s)) != NULL;
}

/* rest: octets that stay, for the next one. */
static void put_chunk(struct smtp *s, size_t n, size_t rest, bool last)
{
	char line[SMTP_CHUNK + 1], *at = s->out + s->chunk;
	size_t k = (size_t)snprintf(line, sizeof line, "BDAT %zu%s\r\n", n, last ? " LAST" : "");
	enum state state = last ? AT_LAST : AT_CHUNK;

	if (rest > 0)
		memmove(at + k + n + SMTP_CHUNK, at + SMTP_CHUNK + n, rest);
	memcpy(at, line, k);
	memmove(at + k, at + SMTP_CHUNK, n);
	s->chunk += k + n;
	s->out_end = s->chunk + (rest > 0 ? SMTP_CHUNK + rest : 0);
	s->chunking = rest > 0;
	if (!s->proven)
		state = last ? AT_LAST_TRIAL : AT_CHUNK_TRIAL;
	engine_add_command(s, state, k, n);
}

void engine_say_chunk(struct smtp *s, bool last)
{
	size_t all = gathered(s), n = last ? all : whole_lines(s, all);

	put_chunk(s, n, all - n, last);
}

size_t smtp_body(struct smtp *s, const char *p, size_t n)
{
	size_t left = n, put;

	if (s->hand == SMTP_NO_MESSAGE)
		return n;
	if (s->body.octets && !s->chunking)
		begin_chunk(s);
	put = smtp_body_put(&s->body, &p, &left, s->out + s->out_end, engine_room(s));
	s->out_end += put;
	if (!s->chunking)
		s->put += put;
	return n - left;
}

void smtp_end(struct smtp *s)
{
	if (s->hand == SMTP_NO_MESSAGE)
		return;
	if (s->body.octets) {
		if (!s->chunking)
			begin_chunk(s);
		s->out_end += smtp_body_end(&s->body, s->out + s->out_end);
		engine_say_chunk(s, true);
		engine_say(s, AT_RSET);
	} else {
		engine_say(s, AT_END);
	}
	s->hand = SMTP_NO_MESSAGE;
}

void smtp_abort(struct smtp *s, const char *why)
{
	char line[SMTP_WHY];

	smtp_reply_printable(line, sizeof line, why, strlen(why));
	engine_stop(s, SMTP_LEFT, line, true);
	s->dropped = true;
}
