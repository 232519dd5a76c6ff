/*
 * final - when a verdict is final, and what becomes of those that are not when the session ends.
 *
 * Replies have no names: each is taken to answer the oldest command without one. A server that says one reply too many, or
 * one too few, moves all that follow by one place, and as nearly every reply is 250, its own 250 to RSET would make a message
 * delivered that it has refused. So a reply that ends a message is only believed when a later one shows that the count is
 * right, because no other command is answered so in that place:
 *
 *	354 to DATA        nothing else is answered 3yz. One too many before it: DATA seems to get the 250 of RCPT, which is no
 *	                   reply to DATA (SURPLUS). One too few: 354 comes where RCPT's was due (BREACH)
 *	221 to QUIT        is said when all is answered, and is the last thing to be said. Where the session ends because a reply was
 *	                   odd, it makes no bounce final
 *	2yz to RSET        behind a DATA, or the rest of a group, that was refused: one too many before it and RSET would seem to
 *	                   get that refusal, one too few and the refused would seem to get the 250 of RSET
 *	2yz to RSET        in streaming, where it does not look like the one to BDAT LAST. Both are learned while they are alone:
 *	                   behind the first message. One too many: RSET seems to get the reply to BDAT LAST, be it a refusal or a
 *	                   2yz that looks otherwise. One too few: BDAT LAST seems to get what looks like RSET's. So each RSET makes
 *	                   final what stands before it, and nothing has to wait
 *	EHLO once more     smtp_rest(): its reply is the one that is known already
 *
 * Where the replies to BDAT LAST and RSET look alike, the session goes on in groups: each has its 354. What RSET is answered may be
 * known from an earlier session with a server whose reply to EHLO looks the same: then the first message need not be alone. If
 * RSET is answered otherwise now, nothing is final before all is answered and QUIT has its 221 (SMTP_CHANGED).
 *
 * This holds for one fault before it is seen: a reply too many, too few, or late (it is missing in its place and too many in
 * another), or the same with each message, as each is closed before the next is believed. A reply that is overtaken is seen
 * where replies are told apart, by 354 or by their looks; of a server whose replies all look alike only TCP and RFC 2920 3.2
 * keep them in order. If the end of the connection is what goes wrong, all that was said before it is believed.
 *
 * What was learned while replies were already out of place does no harm: then RSET "looks like" a success of BDAT LAST, and
 * each message is only believed when its own success came in RSET's place.
 *
 * When the count is seen to be wrong, the session ends. A message is then
 *
 *	delivered         if there was one reply too many, and this and the next are both 2yz: either of them may be its own; and
 *	                  neither looks like what MAIL or RSET is answered
 *	lost              if it was refused twice, or its end was not sent in full: it is not there
 *	maybe_duplicate   else
 */
#include <stdio.h>
#include <string.h>

#include "smtp/engine.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_wordy(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* FNV-1a of the words; those with a digit in them, a queue's number or an address, are all the same. */
uint64_t engine_looks(const char *text)
{
	uint64_t h = 14695981039346656037u;

	for (const char *p = text; *p != '\0';) {
		size_t n = 0;
		bool numbered = false;

		while (is_wordy(p[n]))
			numbered |= is_digit(p[n++]) && p > text; /* but not the code */
		n += n == 0;
		for (size_t i = 0; i < (numbered ? 1 : n); i++)
			h = (h ^ (unsigned char)(numbered ? '#' : p[i])) * 1099511628211u;
		p += n;
	}
	return h != 0 ? h : 1;
}

static struct smtp_message *message(struct smtp *s, size_t i)
{
	return &s->messages[engine_slot(s, i)];
}

static void add_final(struct smtp *s, const struct smtp_message *m)
{
	s->final_n++;
	if (!m->said)
		return;
	s->flying--;
	s->flying_bytes -= m->size;
}

void engine_make_final(struct smtp *s)
{
	while (s->final_n < s->messages_n && message(s, s->final_n)->verdict != SMTP_NONE)
		add_final(s, message(s, s->final_n));
}

/* The server may have all of it: its end was sent in full. Behind 421 no reply means no. */
static bool may_be_there(const struct smtp *s, const struct smtp_message *m)
{
	return m->end > 0 && m->end <= s->sent && (m->answered || !s->good_bye);
}

static void lose(struct smtp_message *m, const char *why, bool maybe_duplicate)
{
	if (!m->lost)
		snprintf(m->why, sizeof m->why, "%s", *why != '\0' ? why : "it was not sent");
	m->verdict = SMTP_TEMPORARY;
	m->lost = true;
	m->maybe_duplicate = maybe_duplicate;
}

/* Is a success told from the replies to what is said beside it? Where the next waits for it, nothing is. */
static bool has_own_looks(const struct smtp *s)
{
	return s->mode < SMTP_GROUPED || (s->of_end != s->of_mail && s->of_end != s->of_rset);
}

static bool is_believed(const struct smtp *s, const struct smtp_message *m, enum engine_trust trust, bool alone)
{
	switch (trust) {
	case TRUST_NONE:
		break;
	case TRUST_FOLLOWED:
		return m->verdict == SMTP_DELIVERED && m->followed && alone && has_own_looks(s) && !s->changed;
	case TRUST_ALL:
		/* What the message bounces for must be the last reply, with none due. */
		return m->verdict != SMTP_PERMANENT ||
		       (!s->good_bye && s->commands_n == 0 && s->refused == (size_t)(m - s->messages));
	}
	return false;
}

/* Was it answered, and is the answer not final? */
static bool is_open(const struct smtp_message *m)
{
	return m->verdict != SMTP_NONE && !m->ours;
}

/* A refusal beside an odd reply may be the next message's, and the odd one, or what comes behind it, a success of this one. */
static bool changed_places(const struct smtp *s, const struct smtp_message *m)
{
	return m->verdict == SMTP_PERMANENT && s->ending == SMTP_ODD && s->mode >= SMTP_GROUPED;
}

static void decide(struct smtp *s, struct smtp_message *m, const char *why, enum engine_trust trust, bool alone)
{
	bool sent = may_be_there(s, m), there = sent && (m->refusals < 2 || s->changed);

	if (m->verdict == SMTP_NONE || m->denied)
		lose(m, why, sent);
	else if (is_open(m) && !is_believed(s, m, trust, alone))
		lose(m, why, there && (trust != TRUST_ALL || changed_places(s, m)));
}

/* The message whose turn it was. */
static void note_turn(struct smtp *s)
{
	const struct smtp_command *c = engine_first(s);
	size_t slot = c != NULL ? c->message : s->hand;

	if (s->ending != SMTP_LEFT && slot != SMTP_NO_MESSAGE && s->messages[slot].lost)
		s->messages[slot].ended = true;
}

void engine_end(struct smtp *s, enum smtp_ending ending, const char *why, enum engine_trust trust)
{
	const struct smtp_command *c = engine_first(s);
	bool at_quit = c != NULL && c->state == AT_QUIT;
	size_t taken = 0;

	if (s->closed)
		return;
	for (size_t i = s->final_n; i < s->messages_n; i++)
		taken += message(s, i)->verdict == SMTP_DELIVERED;
	/* QUIT is said when all is acknowledged: unless that is in doubt, whatever happens then is peace. */
	if (!at_quit || (trust != TRUST_ALL && s->final_n < s->messages_n) || trust == TRUST_FOLLOWED)
		engine_stop(s, ending, why, false);
	s->closed = true;
	for (size_t i = s->final_n; i < s->messages_n; i++)
		decide(s, message(s, i), why, trust, taken == 1);
	note_turn(s);
	engine_make_final(s);
	s->hand = SMTP_NO_MESSAGE;
}
