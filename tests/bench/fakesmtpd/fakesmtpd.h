/* fakesmtpd - what its files share. One process is one session; counts is all that sessions have in common. */
#ifndef FAKESMTPD_H
#define FAKESMTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a rule may take effect, in the order of a session. */
enum step {
	GREETING,
	EHLO,
	HELO,
	MAIL,
	RCPT,
	DATA,
	BODY,
	BDAT,
	CHUNK,
	LAST,
	END,
	ACCEPTED,
	RSET,
	QUIT,
	STEPS
};

enum { LINE = 4096, OFFERS = 8, IDS = 1 << 24 };

extern struct options {
	const char *addr, *store, *log, *leave, *prefix;
	char *dialogue;
	int port, timeout, sessions;
	bool no_pipelining, no_8bitmime, no_ehlo, strict, bytewise, chunking, sum;
	long size;
	const char *offers[OFFERS];
	int offers_n;
} opt;

extern struct counts {
	int steps[STEPS], sessions, messages, violations, distinct, duplicate, corrupted;
	uint8_t seen[IDS / 8];
} *counts;

extern int session; /* its number */

/* options.c */
void take_options(int argc, char **argv);

/* rules.c: who does what where */
enum act { REPLY, CLOSE, CLOSE_AFTER, HANG, DELAY };
void add_rule(enum act act, char *arg); /* STEP[:n][=TEXT] */
/* Does what the rules say of this step, else says the usual (NULL: nothing); the first digit of what was said, or 0. */
char reply(enum step step, const char *usual);

/* wire.c: the connection. Replies are gathered and sent before the next wait for input. */
void wire_open(int fd);
void wire_flush(void);
void say(const char *text);                      /* a newline in it is a line end within the reply */
void say_bytes(const char *p, size_t n);          /* as they are */
size_t have(const char **p);                     /* input, at least a byte; took(n) takes from it */
void took(size_t n);
int get(void);                                   /* a byte */
void get_line(char *line, size_t size);          /* a command without its line end */
bool more_input(void);                           /* the client did not wait for us */
_Noreturn void leave(const char *why);

/* text.c: a message's text, checked and kept */
void take_text(size_t *size);                    /* of DATA, up to the lone dot, dots undoubled */
void take_chunk(size_t n);                       /* of BDAT */
void text_begins(void);
void text_ends(void);

/* keep.c: what was accepted, and what was noticed. The text in hand is begun, kept, and then committed or dropped. */
void note(const char *way, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void violation(const char *what);
void keep_begin(void);
void keep(const char *p, size_t n);
int keep_commit(const char *envelope);           /* its number */
void keep_drop(void);

/* sum.c: --sum checks instead of keeping */
void sum_begin(void);
void sum_add(const char *p, size_t n);
void sum_commit(void);
void sum_report(void);

/* session.c, dialogue.c */
_Noreturn void serve(int fd);
void dialogue_load(void);
_Noreturn void dialogue_play(int fd);

#endif
