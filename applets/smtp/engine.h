/* engine - what the parts of the engine know of each other; for the caller there is smtp.h. */
#ifndef SMTP_ENGINE_H
#define SMTP_ENGINE_H

#include "smtp/smtp.h"

/* say.c: what goes out. In lock-step nothing may be said while a reply is due, in a group nothing behind DATA. */
bool engine_may_say(const struct smtp *s);
void engine_say(struct smtp *s, enum state state);

/* The command that was said first and has no reply yet; NULL: there is none. */
const struct smtp_command *engine_first(const struct smtp *s);

/* mail.c: bytes of text that may be put out now. */
size_t engine_room(const struct smtp *s);

/* verdict.c: what becomes of messages. */
struct smtp_message *engine_add(struct smtp *s, size_t id);
void engine_settle(struct smtp_message *m, enum smtp_verdict verdict, const char *why);
void engine_refuse(struct smtp *s, size_t message, enum smtp_verdict verdict, const char *why);
void engine_end(struct smtp *s, const char *why);

#endif
