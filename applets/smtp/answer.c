/* answer - replies come in, each to the oldest command that has none, and move the session as the table says. */
#include <stdio.h>
#include <string.h>

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
		return REPLY_50Z;
	case 501:
	case 504:
		return REPLY_51Z;
	case 521:
	case 530:
	case 534:
	case 535:
	case 538:
		return REPLY_53Z;
	}
	return (enum reply_class)(code / 100 - 1);
}

/* "554 Too many syntax or protocol errors", "501 ... / Too many nonmail commands": Exim hangs up. A good-bye in all but its code. */
static bool is_good_bye(const struct smtp_reply *r)
{
	const char *p = r->code / 100 == 5 ? strcasestr(r->text, "too many ") : NULL;

	return p != NULL && (strcasestr(p, "errors") != NULL || strcasestr(p, "commands") != NULL);
}

static bool is_refusal(enum reply_class class)
{
	return class >= REPLY_4YZ;
}

static void breach(struct smtp *s, const char *said, enum state state, enum engine_trust trust)
{
	char why[SMTP_WHY];

	if (state == AT_NOTHING)
		snprintf(why, sizeof why, "protocol violation: unexpected reply \"%.400s\"", said);
	else
		snprintf(why, sizeof why, "protocol violation: \"%.400s\" instead of %s", said, smtp_states[state].due);
	engine_end(s, SMTP_ODD, why, trust);
}

/* In words what was answered so. */
static void describe(const struct smtp *s, enum state state, char *why, size_t size)
{
	if (state == AT_NOTHING)
		snprintf(why, size, "%.440s", s->reply.text);
	else
		snprintf(why, size, "%.440s (%s)", s->reply.text, smtp_states[state].due);
}

static bool is_of_session(enum state state)
{
	return state == AT_GREETING || state == AT_EHLO || state == AT_HELO;
}

static void hang_up(struct smtp *s, const struct smtp_command *c)
{
	enum smtp_ending ending = s->reply.code / 100 == 4 || is_good_bye(&s->reply) ? SMTP_BUSY : SMTP_UNWILLING;
	char why[SMTP_WHY];

	describe(s, c->state, why, sizeof why);
	s->good_bye = true;
	s->off_turn |= c->state == AT_RSET || c->state == AT_RCPT || c->state == AT_DATA ||
	               (c->state == AT_NOTHING && !s->behind_end);
	if (c->message != SMTP_NO_MESSAGE)
		engine_refuse(s, c->message, SMTP_TEMPORARY, why, true);
	engine_stop(s, ending, why, true);
	if (is_of_session(c->state))
		engine_end(s, ending, why, TRUST_ALL);
}

/* Spoken to as it was before, which nothing has confirmed yet. */
static bool is_on_credit(const struct smtp *s)
{
	return s->familiar && !s->proven && !s->changed;
}

/* It says nothing of the message. To a server that may have changed the rest is sent: only 221 at its end shows what became of all. */
static void stop(struct smtp *s, const struct smtp_command *c, enum reply_class class)
{
	bool trial = c->state == AT_CHUNK_TRIAL || c->state == AT_LAST_TRIAL;
	char why[SMTP_WHY];

	describe(s, c->state, why, sizeof why);
	if (trial)
		snprintf(why, sizeof why, "offers CHUNKING, but refuses BDAT: %.400s", s->reply.text);
	if (c->message != SMTP_NO_MESSAGE)
		engine_refuse(s, c->message, SMTP_TEMPORARY, why, true);
	engine_stop(s, class == REPLY_53Z && !trial ? SMTP_UNWILLING : SMTP_ODD, why,
	            s->mode == SMTP_STREAMING && (s->proven || !s->familiar));
}

static bool is_offered(const struct smtp_offers *o, enum smtp_mode mode)
{
	switch (mode) {
	case SMTP_LOCKSTEP:
		break;
	case SMTP_PIPELINED:
	case SMTP_GROUPED:
		return o->pipelining;
	case SMTP_STREAMING:
		return o->pipelining && o->chunking;
	}
	return true;
}

static void be_ready(struct smtp *s, bool esmtp)
{
	s->ready = true;
	s->esmtp = esmtp;
	s->mode = s->limits.mode;
	while (!is_offered(&s->offers, s->mode))
		s->mode--;
	s->of_ehlo = engine_looks(s->reply.text);
	s->familiar = s->mode == SMTP_STREAMING && s->limits.looks.rset != 0 && s->limits.looks.ehlo == s->of_ehlo;
	if (s->familiar)
		s->of_rset = s->limits.looks.rset;
}

static bool is_end(enum state state)
{
	return state == AT_END || state == AT_LAST || state == AT_LAST_TRIAL;
}

/* A success of this message that looks like the reply to what was said before or behind it, as its own does not. */
static bool is_anothers(const struct smtp *s, uint64_t looks)
{
	if (s->mode < SMTP_GROUPED || looks == s->of_end)
		return false;
	return (s->told_apart && looks == s->of_rset) || (s->of_end != 0 && looks == s->of_mail);
}

/*
 * What was remembered of it does not hold: it was changed, or the count of its replies is wrong. Nothing more is begun; what was
 * said is heard to its end, and 221 to QUIT shows that it was the server. Then another session begins without a memory.
 */
static void be_changed(struct smtp *s)
{
	s->changed = true;
	s->of_rset = 0;
	engine_let_go(s);
	engine_stop(s, SMTP_CHANGED, "it answers otherwise than before", false);
}

static void delivered(struct smtp *s, const struct smtp_command *c)
{
	uint64_t looks = engine_looks(s->reply.text);

	if (is_on_credit(s) && looks == s->of_rset)
		be_changed(s);
	if (is_anothers(s, looks)) {
		breach(s, s->reply.text, c->state, TRUST_NONE);
		return;
	}
	if (s->of_end == 0)
		s->of_end = looks;
	s->proven |= s->mode != SMTP_STREAMING;
	engine_settle(&s->messages[c->message], SMTP_DELIVERED, s->reply.text);
}

static void be_grouped(struct smtp *s)
{
	s->mode = SMTP_GROUPED;
	s->body.octets = false;
}

/* What was said already is a trial no more: who refuses it refuses that message. */
static void be_proven(struct smtp *s)
{
	s->proven = s->told_apart = true;
	for (size_t i = 0; i < s->commands_n; i++) {
		struct smtp_command *c = &s->commands[engine_nth(s, i)];

		if (c->state == AT_CHUNK_TRIAL || c->state == AT_LAST_TRIAL)
			c->state = c->state == AT_LAST_TRIAL ? AT_LAST : AT_CHUNK;
	}
}

/* With a familiar server there may be more on its way. */
static bool is_speaking(const struct smtp *s)
{
	return s->commands_n > 0 || (s->hand != SMTP_NO_MESSAGE && s->messages[s->hand].said);
}

/* In streaming the first RSET shows whether its reply is told apart from the one to BDAT LAST, which it makes final; if not, no more of it. */
static void flushed(struct smtp *s)
{
	uint64_t looks = engine_looks(s->reply.text);

	if (is_on_credit(s) && looks != s->of_rset)
		be_changed(s);
	if (s->of_rset == 0)
		s->of_rset = looks;
	if (s->mode == SMTP_STREAMING && s->of_end != 0 && !s->proven && !s->changed && s->of_end != s->of_rset)
		be_proven(s);
	if (s->mode >= SMTP_GROUPED && looks != s->of_rset)
		breach(s, s->reply.text, AT_RSET, s->told_apart ? TRUST_FOLLOWED : TRUST_NONE);
	else if (s->told_apart || (s->behind_refusal && looks != s->of_end && (s->proven || !s->familiar)))
		engine_make_final(s);
	if (s->mode == SMTP_STREAMING && !s->told_apart && !s->stopping && s->flying > 0 && !is_speaking(s))
		be_grouped(s);
}

static void known(struct smtp *s)
{
	if (engine_looks(s->reply.text) == s->of_ehlo)
		engine_make_final(s);
	else
		breach(s, s->reply.text, AT_AGAIN, TRUST_FOLLOWED);
}

static void part(struct smtp *s)
{
	/* Behind BDAT LAST only the reply to RSET is missing: which of the two it was is not known. */
	if (s->probing && s->mode == SMTP_STREAMING) {
		engine_end(s, s->ending, s->trouble, TRUST_NONE);
		return;
	}
	/* Where a reply was odd nobody bounces for the one before it: the two may have changed places. So may 421, which is for everything. */
	if (s->reply.code == 221 && (!s->stopping || s->ending != SMTP_ODD))
		engine_make_final(s);
	s->commands_n = 0;
	engine_end(s, SMTP_PEACE, "", TRUST_ALL);
}

static void move(struct smtp *s, const struct smtp_command *c, enum move m, enum reply_class class)
{
	switch (m) {
	case BREACH:
		breach(s, s->reply.text, c->state, TRUST_NONE);
		break;
	case SURPLUS:
		breach(s, s->reply.text, c->state, TRUST_FOLLOWED);
		break;
	case GO_ON:
		break;
	case FLUSHED:
		flushed(s);
		break;
	case GO_AHEAD:
		engine_make_final(s);
		if (s->stopping)
			engine_end(s, s->ending, s->trouble, TRUST_ALL);
		break;
	case SAY_EHLO:
		engine_say(s, AT_EHLO);
		break;
	case SAY_HELO:
		engine_say(s, AT_HELO);
		break;
	case READY:
		be_ready(s, c->state == AT_EHLO);
		break;
	case KNOWN:
		known(s);
		break;
	case DELIVERED:
		delivered(s, c);
		break;
	case DEFER:
		engine_refuse(s, c->message, SMTP_TEMPORARY, s->reply.text, false);
		break;
	case BOUNCE:
		engine_refuse(s, c->message, SMTP_PERMANENT, s->reply.text, false);
		break;
	case STOP:
		stop(s, c, class);
		break;
	case LONE_DOT:
		if (s->stopping)
			engine_end(s, s->ending, s->trouble, TRUST_ALL);
		else
			engine_say(s, AT_END_MOOT);
		break;
	case HANG_UP:
		hang_up(s, c);
		break;
	case PART:
		part(s);
		break;
	}
}

/* What the engine remembers of a reply beside what it leads to. */
static void note(struct smtp *s, const struct smtp_command *c, enum reply_class class)
{
	struct smtp_message *before = s->answered != SMTP_NO_MESSAGE ? &s->messages[s->answered] : NULL;
	struct smtp_message *m = c->message != SMTP_NO_MESSAGE ? &s->messages[c->message] : NULL;

	if (!s->good_bye)
		s->ended_at = c->state;
	s->refused_last = is_refusal(class);
	s->behind_end = before != NULL;
	if (before != NULL) {
		before->followed = class == REPLY_2YZ;
		s->behind_works |= class == REPLY_2YZ;
	}
	s->answered = is_end(c->state) ? c->message : SMTP_NO_MESSAGE;
	s->refused = is_refusal(class) ? c->message : SMTP_NO_MESSAGE;
	s->behind_refusal = s->refused_rest;
	s->refused_rest = is_refusal(class) && (c->state == AT_DATA_MOOT || c->state == AT_BDAT_MOOT);
	if (c->state == AT_MAIL && class == REPLY_2YZ && s->of_mail == 0)
		s->of_mail = engine_looks(s->reply.text);
	if (is_refusal(class))
		s->open |= smtp_states[c->state].stays_open;
	if (m == NULL)
		return;
	m->refusals += is_refusal(class) && (class != REPLY_50Z || m->refusals > 0);
	m->denied |= c->state == AT_BDAT_MOOT && class == REPLY_2YZ;
	m->answered |= is_end(c->state) || c->state == AT_BDAT_MOOT;
}

static enum move move_of(const struct smtp *s, const struct smtp_command *c, enum reply_class class)
{
	/* Before it has all the octets a server may refuse them, but not have taken them. */
	if (class == REPLY_2YZ && c->state != AT_NOTHING && !engine_is_sent(s, c))
		return BREACH;
	/* Who says more than it was asked is ahead of itself: good-bye is 221, and comes when it has read everything. */
	if (c->state == AT_QUIT && class == REPLY_2YZ && s->reply.code != 221)
		return SURPLUS;
	/* What looks like the reply to RSET is that. */
	if (c->state == AT_BDAT_MOOT && s->told_apart && engine_looks(s->reply.text) == s->of_rset)
		return BREACH;
	if (s->probing && s->reply.code == 221)
		return PART;
	return smtp_moves[c->state][class];
}

static void take_reply(struct smtp *s)
{
	struct smtp_command c = asked(s);
	enum reply_class class = is_good_bye(&s->reply) ? REPLY_421 : class_of(s->reply.code);
	enum move m = move_of(s, &c, class);

	note(s, &c, class);
	if (c.state != AT_NOTHING && m != BREACH && m != SURPLUS) {
		s->commands_first = engine_nth(s, 1);
		s->commands_n--;
	}
	move(s, &c, m, class);
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
			if (asked(s).state == AT_QUIT)
				engine_end(s, SMTP_PEACE, "", TRUST_ALL);
			breach(s, s->reply.line, asked(s).state, TRUST_NONE);
			break;
		}
	}
}
