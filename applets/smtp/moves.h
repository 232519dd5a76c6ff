/* moves - what each reply leads to: the engine's one table of decisions. It stands in states.c. */
#ifndef SMTP_MOVES_H
#define SMTP_MOVES_H

#include "smtp/states.h"

/*
 * RFC 5321 4.2.1: the first digit decides. Codes that speak of something else than the message stand apart:
 *
 *	50Z  500, 502, 503: what is this command, and why now?
 *	51Z  501, 504: this command has parameters that I do not take
 *	53Z  521, 530, 534, 535, 538: I do not talk to you before you log in, or use TLS, or at all
 *	421  good-bye, whatever was asked
 */
enum reply_class {
	REPLY_1YZ,
	REPLY_2YZ,
	REPLY_3YZ,
	REPLY_4YZ,
	REPLY_5YZ,
	REPLY_50Z,
	REPLY_51Z,
	REPLY_53Z,
	REPLY_421,
	REPLY_CLASSES,
};

enum move {
	BREACH,    /* 0, the hole: protocol violation, the session is over, what is in doubt is temporary */
	SURPLUS,   /* the same, and the fault is a reply too many */
	GO_ON,     /* as hoped, or no longer of interest: say what comes next */
	FLUSHED,   /* the server's answer to RSET: what was answered before it may be final */
	GO_AHEAD,  /* 354: what was answered before it is final */
	SAY_EHLO,  /* greeted */
	SAY_HELO,  /* no ESMTP here (RFC 5321 3.2) */
	READY,     /* messages may come */
	KNOWN,     /* the reply to EHLO, again: what was answered before it is final */
	DELIVERED, /* the message is the server's, as soon as that is final */
	DEFER,     /* this message is temporary; the session goes on */
	BOUNCE,    /* this message is permanent, as soon as that is final; the session goes on */
	STOP,      /* this says nothing of the message: the session ends when what was said is answered; the message is for another */
	LONE_DOT,  /* 354 though all was refused: an empty text, which the server will not take */
	HANG_UP,   /* 421, or the server will not talk: nothing more is said, what it still says is heard */
	PART,      /* the session ends in peace: what was answered is final */
};

extern const enum move smtp_moves[STATES][REPLY_CLASSES];

#endif
