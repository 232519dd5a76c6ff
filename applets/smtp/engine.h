/* engine - what the parts of the engine know of each other; for the caller there is smtp.h. */
#ifndef SMTP_ENGINE_H
#define SMTP_ENGINE_H

#include "smtp/smtp.h"

/* ring.c: the slots of the i-th message and of the i-th command. Where a ring is full, one added makes it larger, in place. */
size_t engine_slot(const struct smtp *s, size_t i);
size_t engine_nth(const struct smtp *s, size_t i);
size_t engine_add_slot(struct smtp *s);
size_t engine_add_nth(struct smtp *s);

/* Messages that may be without a final verdict at once. */
size_t engine_most(const struct smtp *s);

/* say.c: what goes out. */

/* In lock-step nothing may be said while a reply is due, in a group nothing behind what ends one. */
bool engine_may_say(const struct smtp *s);

/* Puts the command out and into the ring of those whose reply is due. */
void engine_say(struct smtp *s, enum state state);

/* Into the ring alone: line bytes of command and octets behind them are put out just now. */
void engine_add_command(struct smtp *s, enum state state, size_t line, size_t octets);

/* The oldest command without a reply, NULL: all are answered. */
const struct smtp_command *engine_first(const struct smtp *s);

/* All of it is sent, so a reply will come. */
bool engine_is_sent(const struct smtp *s, const struct smtp_command *c);

/* mail.c: the text of the message in hand. */

/* Bytes of it that may be put out now. */
size_t engine_room(const struct smtp *s);

/* The octets gathered so far go out behind their BDAT; where lines are to be whole, up to the last end of a line. */
void engine_say_chunk(struct smtp *s, bool last);

/* False: where lines are to be whole, there is no end of one yet, and room for more when what was said is sent. */
bool engine_may_say_chunk(const struct smtp *s);

/* Behind what may be sent: octets without their BDAT wait in out, behind it. */
size_t engine_said(const struct smtp *s);

/* verdict.c: what becomes of messages. */

/* A new one at the end of the ring, which is not full. */
struct smtp_message *engine_add(struct smtp *s, size_t id, uint64_t size);

/* The first verdict stands. */
void engine_settle(struct smtp_message *m, enum smtp_verdict verdict, const char *why);

/* Settles the message in this slot; no reply to what was said of it changes that. lost: it is for another session. */
void engine_refuse(struct smtp *s, size_t message, enum smtp_verdict verdict, const char *why, bool lost);

/* No more is said of the message in hand. */
void engine_let_go(struct smtp *s);

/* No other message is begun. drop: nothing more is sent at all. The first reason stands. */
void engine_stop(struct smtp *s, enum smtp_ending ending, const char *why, bool drop);

/* final.c: when a verdict is final. */

/* What the last reply says is surely of its place. */
void engine_make_final(struct smtp *s);

/* How far what was answered, but is not final, holds when the session ends. */
enum engine_trust {
	TRUST_NONE,     /* one reply was not in its place, perhaps more */
	TRUST_FOLLOWED, /* there may be one reply too many: it holds where the next one says the same */
	TRUST_ALL,      /* each was the reply to its own command */
};

/* Nothing more is said or heard; what has no verdict is temporary, for this reason. */
void engine_end(struct smtp *s, enum smtp_ending ending, const char *why, enum engine_trust trust);

/* What a reply looks like, its numbers aside; never 0. */
uint64_t engine_looks(const char *text);

#endif
