/* moves - what each reply leads to: the engine's one table of decisions. It stands in states.c. */
#ifndef SMTP_MOVES_H
#define SMTP_MOVES_H

#include "smtp/states.h"

/*
 * RFC 5321 4.2.1: the first digit decides. Apart stand 421, which says good-bye to the session, whatever was asked; and 500,
 * 502, 503 and 504, which speak of the command and not of the message.
 */
enum reply_class { REPLY_1YZ, REPLY_2YZ, REPLY_3YZ, REPLY_4YZ, REPLY_5YZ, REPLY_50Z, REPLY_421, REPLY_CLASSES };

enum move {
	BREACH,    /* 0, the hole: protocol violation, the session is over, what is not acknowledged is temporary */
	GO_ON,     /* as hoped, or no longer of interest: say what comes next */
	SAY_EHLO,  /* greeted */
	SAY_HELO,  /* no ESMTP here (RFC 5321 3.2) */
	READY,     /* messages may come */
	DELIVERED, /* the message is the server's */
	DEFER,     /* this message is temporary; the session goes on */
	BOUNCE,    /* this message is permanent; the session goes on */
	UNABLE,    /* the server cannot do what it offered: the session is over, this message is for another one */
	LONE_DOT,  /* 354 though all was refused: an empty text, which the server will not take */
	HANG_UP,   /* the server will not talk: the session is over, what is not acknowledged is temporary */
	PART,      /* the session ends in peace */
};

extern const enum move smtp_moves[STATES][REPLY_CLASSES];

#endif
