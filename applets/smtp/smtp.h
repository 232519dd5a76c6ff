/*
 * smtp - the client side of one SMTP session (RFC 5321): bytes in, bytes out.
 *
 * The engine does no I/O, asks no clock and allocates nothing; the caller owns
 * socket, files and time, and pumps:
 *
 *	smtp_start(&s, "gw.example.net", "some.example.com", &(struct smtp_limits){SMTP_STREAMING, 64, 1 << 20});
 *	for (;;)
 *		switch (smtp_next(&s)) {
 *		case SMTP_WRITE:
 *			p = smtp_out(&s, &n);
 *			poll both ways, at most smtp_patience(&s) seconds;
 *			writable: k = send(fd, p, n); smtp_sent(&s, k);
 *			readable: as below
 *			break;
 *		case SMTP_READ:
 *			poll, at most smtp_patience(&s) seconds;
 *			n = recv(fd, buf, ...); smtp_feed(&s, buf, n);
 *			or smtp_lost(&s, "connection lost" or strerror(errno));
 *			or smtp_silent(&s, "nothing happened for ... seconds"); or smtp_leave(&s, "told to stop");
 *			break;
 *		case SMTP_OFFER:
 *			smtp_mail(&s, id, from, to, size); or smtp_quit(&s); or, when none is there yet, smtp_rest(&s);
 *			break;
 *		case SMTP_BODY:		the next bytes of message smtp_id(&s)
 *			at += smtp_body(&s, p + at, n - at); or smtp_end(&s);
 *			or smtp_abort(&s, "unable to read new/X: Input/output error");
 *			break;
 *		case SMTP_VERDICT:
 *			m = smtp_settled(&s);	m->id, m->verdict, m->maybe_duplicate, m->why
 *			break;
 *		case SMTP_CLOSED:
 *			close(fd); return;
 *		}
 *
 * Every answer of smtp_next() asks for one of the calls beside it; smtp_feed(),
 * smtp_lost() and smtp_leave() may be called at any time. Read whenever there is something
 * to read, also while writing: two full socket buffers would wait for each
 * other for ever. When send() fails, read on to the end of what the server has
 * still said (a 421, the 250 of the message before) and only then smtp_lost().
 *
 * Each message that was offered gets exactly one verdict, in the order of
 * offering, whatever the server does. A next message may be asked for while
 * the verdict on the one before is still out, so keep its name until then;
 * its bytes are not asked for again after smtp_end(). A verdict is out as soon
 * as the reply it rests on cannot be another's (final.c): not always with the reply.
 *
 * A refused message never ends the session. What does is a lost connection,
 * 421, a reply that speaks of the session (530) or is not in its place, a server that
 * refuses the BDAT it offered, and smtp_abort(): then smtp_trouble() says why and smtp_ending() of which kind it is, all
 * that was not acknowledged is temporary and lost, and it and what was not offered yet may be tried on a new connection.
 *
 * What each reply leads to stands in the two tables of states.c.
 */
#ifndef SMTP_SMTP_H
#define SMTP_SMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smtp/body.h"
#include "smtp/offers.h"
#include "smtp/reply.h"
#include "smtp/states.h"

enum smtp_next {
	SMTP_WRITE,   /* the bytes of smtp_out() want to be sent; replies may be due as well */
	SMTP_READ,    /* nothing to do before the server speaks */
	SMTP_OFFER,   /* another message, please, or smtp_quit() */
	SMTP_BODY,    /* more bytes of message smtp_id() */
	SMTP_VERDICT, /* smtp_settled() has one */
	SMTP_CLOSED,  /* all is said; close the connection */
};

/* Ways of talking, from simple to fast. A session takes the fastest that the server offers and the limits allow. */
enum smtp_mode {
	SMTP_LOCKSTEP,  /* each command waits for the reply to the one before */
	SMTP_PIPELINED, /* PIPELINING (RFC 2920): MAIL, RCPT, DATA in one write; nothing behind an end of data without its reply */
	SMTP_GROUPED,   /* the same, and end of data and the next message's MAIL, RCPT, DATA in one write */
	SMTP_STREAMING, /* and CHUNKING (RFC 3030): many messages under way at once, nothing waits for a reply */
};

/* How a session ended, smtp_trouble() says it in words. */
enum smtp_ending {
	SMTP_PEACE,
	SMTP_BUSY,      /* 421: later, or in another session */
	SMTP_UNWILLING, /* it refuses all that we are: it wants TLS, a login, another name */
	SMTP_ODD,       /* a reply that was none, or not in its place, or spoke of the command: a simpler way may be understood */
	SMTP_LOST,      /* the connection was */
	SMTP_SILENT,    /* it did not answer */
	SMTP_LEFT,      /* by us */
	SMTP_CHANGED,   /* its replies were not those of limits.looks: what was said is settled, the rest is for another session */
};

enum smtp_verdict {
	SMTP_NONE,      /* still on its way */
	SMTP_DELIVERED, /* the server's own 2yz after the end of data */
	SMTP_TEMPORARY,
	SMTP_PERMANENT,
};

enum {
	SMTP_ADDRESS_MAX = 1000, /* RFC 5321 4.5.3.1 grants 256; what qmail-queue(8) takes (1002), others may take too */
	SMTP_WHY = 512,          /* bytes of a verdict's text, NUL included */
	SMTP_HOST_MAX = 256,     /* bytes of a host's name, NUL included */
	SMTP_WINDOW = 256,       /* offered and without verdict, at most, */
	SMTP_MESSAGES = 4096,    /* and where the window was widened; powers of two */
	SMTP_GROUPED_MESSAGES = 64, /* the same where each waits for the one before */
	SMTP_NO_MESSAGE = SMTP_MESSAGES,
	SMTP_SAID = 4,           /* commands of a message */
	SMTP_OUT = 65536,        /* bytes waiting to be sent, at most */
	SMTP_GROUP = 2 * SMTP_ADDRESS_MAX + 256, /* of these: room for RSET, MAIL, RCPT, DATA behind an end of data */
	SMTP_CHUNK = 24,         /* of these: room for BDAT and its number before the octets */
};

/* What these replies of a server look like that was streamed to (final.c); zeroed: it was not, or its replies are others now. */
struct smtp_looks {
	uint64_t ehlo, rset;
};

/*
 * The fastest way of talking that may be tried, and the window: how much may be unacknowledged in streaming, and so arrive
 * twice when the line drops. Messages: 1 to SMTP_WINDOW; bytes: of their size; a larger one goes alone. Before the server has accepted the
 * first message of a session, that one goes alone too, unless the reply to EHLO looks as it did in an earlier one (looks, of
 * smtp_looks(); zeroed: there was none). most: messages in a session, 0 where no limit is known; LIMITS MAILMAX
 * (RFC 9422) holds as well.
 */
struct smtp_limits {
	enum smtp_mode mode;
	size_t messages;
	uint64_t bytes;
	uint64_t most;
	struct smtp_looks looks;
	bool lines; /* the octets of each BDAT end with a line: there is somebody between who passes on whole lines (ATRN) */
};

struct smtp_message {
	size_t id; /* the caller's */
	uint64_t size;
	enum smtp_verdict verdict;
	bool lost;            /* temporary because the session ended, not because the server refused this message */
	bool maybe_duplicate; /* lost; its end was sent in full, and no reply decides its fate: what is sent again may arrive twice */
	bool ended;           /* lost, and it was its turn when the session ended */
	char why[SMTP_WHY];   /* one printable line: the server's reply, or what went wrong in words */

	/* private */
	bool said;       /* its MAIL was */
	bool ours;       /* the verdict is, not the server's */
	uint64_t end;    /* its place in all that was ever put out, 0: not said yet */
	bool answered;   /* that was */
	bool followed;   /* and the next reply was 2yz too */
	int refusals;    /* replies that refused it, or the rest of its group */
	bool denied;     /* it was refused, and then its end was not */
};

/* private: a command that was said, until its reply comes */
struct smtp_command {
	enum state state;
	uint16_t message; /* slot in messages, or SMTP_NO_MESSAGE */
	uint64_t begins;  /* its place in all that was ever put out */
	uint32_t line;    /* its bytes */
	uint32_t octets;  /* BDAT: those behind it */
};

/* private; 3 MB, of which a session touches 250 KB, and 0.7 KB for each message that a wider window has under way; less without streaming */
struct smtp {
	char helo[SMTP_HOST_MAX], host[SMTP_HOST_MAX];
	struct smtp_limits limits;
	enum smtp_mode mode;
	struct smtp_offers offers;
	struct smtp_reply reply;
	struct smtp_body body;

	size_t messages_first, messages_n, messages_size; /* size: as large as the ring was needed so far, a power of two */
	size_t commands_first, commands_n, commands_size;
	size_t flying;         /* messages of which MAIL was said and that have no verdict */
	uint64_t flying_bytes;

	size_t hand;     /* slot of the message that is being said, or SMTP_NO_MESSAGE */
	enum state next; /* what is to be said of it next; AT_END or AT_LAST: its text */
	char from[SMTP_ADDRESS_MAX + 1], to[SMTP_ADDRESS_MAX + 1];

	bool ready, esmtp;      /* EHLO or HELO was accepted; it was EHLO */
	bool proven;            /* a message was; in streaming, with the RSET behind it */
	bool familiar;          /* it looks like one that was streamed to before: the first message need not go alone */
	bool changed;           /* but it is not the same: nothing is final before 221 */
	bool open;              /* the server holds, or may hold, a transaction that leads nowhere: RSET before MAIL */
	bool quitting, closed;
	bool enough;            /* a limit of the server's is reached */
	bool stopping;          /* no more is begun; what was said is heard to its end */
	bool good_bye, dropped; /* 421 was said; what was to be sent is not */
	bool off_turn;          /* 421 came where the count of replies may be wrong */
	bool probing;           /* QUIT was said to see what the server does not answer */
	char trouble[SMTP_WHY]; /* empty: none */
	enum smtp_ending ending;
	enum state ended_at;    /* what the last reply answered */
	uint64_t mails;         /* MAIL said */

	/* final.c: which verdicts are final, and by what a reply is known */
	size_t final_n;       /* of the first messages */
	size_t answered;      /* slot of the message whose end the last reply answered, or SMTP_NO_MESSAGE */
	bool refused_last;      /* the last reply refused something */
	bool behind_end;        /* the last reply came behind one to an end of data */
	size_t refused;         /* slot of the message that the last reply refused, or SMTP_NO_MESSAGE */
	bool refused_rest;    /* the last reply refused what is never answered 2yz */
	bool behind_refusal;  /* the one before it did */
	bool behind_works;    /* what was said behind an end of data, or RSET behind BDAT LAST, was answered */
	bool told_apart;      /* the reply to BDAT LAST and the one to RSET */
	uint64_t of_ehlo, of_mail, of_end, of_rset; /* what they look like, 0: not heard yet */

	uint64_t put, shown, sent; /* bytes ever put into out, handed to the caller, sent by it */
	size_t out_begin, out_end;
	bool chunking;          /* the octets behind out + chunk belong to a BDAT that is not said yet: SMTP_CHUNK bytes wait for it */
	size_t chunk;

	/* From here on nothing is read that was not written before. */
	char out[SMTP_OUT];
	struct smtp_command commands[2 * SMTP_SAID * SMTP_MESSAGES]; /* a ring */
	struct smtp_message messages[SMTP_MESSAGES]; /* a ring */
};

/* helo: our name. host: the server's, for messages to people. Both are copied. */
void smtp_start(struct smtp *s, const char *helo, const char *host, const struct smtp_limits *limits);

enum smtp_next smtp_next(struct smtp *s);

/* After SMTP_WRITE: what to send, and how much of it the caller's send() took (0 to n). */
const char *smtp_out(const struct smtp *s, size_t *n);
void smtp_sent(struct smtp *s, size_t n);

/* What the server said, in any pieces. */
void smtp_feed(struct smtp *s, const char *p, size_t n);

/*
 * No more will come. " while waiting for ..." is put behind why.
 *
 *	lost    the server, or the line, has ended the connection: what it has said until then counts
 *	silent  nothing has happened for smtp_patience(). The session need not be over: go on with smtp_next()
 *	leave   we do not wait any longer, for a reason of our own
 */
void smtp_lost(struct smtp *s, const char *why);
void smtp_silent(struct smtp *s, const char *why);
void smtp_leave(struct smtp *s, const char *why);

/* Seconds without any progress in either direction after which to give up (RFC 5321 4.5.3.2). */
int smtp_patience(const struct smtp *s);

/*
 * After SMTP_OFFER. from, to: in SMTP's own syntax, quoted where needed, without the brackets; "" is the null
 * sender; both are copied. size: bytes that smtp_body() will get. What this server cannot take (an address that is
 * none, or is not ASCII where SMTPUTF8 is not offered; more bytes than it allows) is permanent without being sent.
 */
void smtp_mail(struct smtp *s, size_t id, const char *from, const char *to, uint64_t size);

/* After SMTP_OFFER, or at any time: the message in hand is finished first, and no other is asked for. */
void smtp_quit(struct smtp *s);

/*
 * After SMTP_OFFER, when there may be a message later: sees to it that those before get their verdicts now. Then wait for
 * another message as well as for the server, and call smtp_next() again.
 */
void smtp_rest(struct smtp *s);

/*
 * Another window from now on, messages up to SMTP_MESSAGES: wider or narrower. smtp_held(): messages without verdict, where the
 * window alone keeps back the next one, and all of them are sent; else 0.
 */
void smtp_set_window(struct smtp *s, size_t messages, uint64_t bytes);
size_t smtp_held(const struct smtp *s);

/*
 * After SMTP_BODY. Lines may end in LF or CRLF. smtp_body() returns how many of the n bytes it took, at
 * least one; the rest is wanted again at the next SMTP_BODY. smtp_abort(): the bytes cannot be read to
 * their end; what the server has of them is never completed, which costs the session.
 */
size_t smtp_id(const struct smtp *s);
size_t smtp_body(struct smtp *s, const char *p, size_t n);
void smtp_end(struct smtp *s);
void smtp_abort(struct smtp *s, const char *why);

/* After SMTP_VERDICT: takes it; stays readable until the next smtp_mail(). */
const struct smtp_message *smtp_settled(struct smtp *s);

/* Of use at any time, and after SMTP_CLOSED: */
const char *smtp_trouble(const struct smtp *s); /* why the session ended, NULL: QUIT, in peace */
enum smtp_ending smtp_ending(const struct smtp *s);
bool smtp_has_spoken(const struct smtp *s);     /* we have said our name, or began to */
bool smtp_is_ready(const struct smtp *s);       /* greeting and EHLO or HELO were accepted; else try the next address */
enum smtp_mode smtp_mode(const struct smtp *s); /* the way this session talks */
bool smtp_is_proven(const struct smtp *s);      /* a message was accepted: this way works with this server */
struct smtp_looks smtp_looks(const struct smtp *s); /* for the limits of the next session */
bool smtp_has_enough(const struct smtp *s);     /* QUIT because of a limit: it takes more in another session */
uint64_t smtp_mails(const struct smtp *s);      /* MAIL said so far */
bool smtp_awaits_reply(const struct smtp *s);   /* something was said that is not answered */
bool smtp_has_text_out(const struct smtp *s);   /* of a message without verdict text was said: to leave now would cost it */

/* The last reply came before the server knew more of a message than its sender; and: it refused something. */
bool smtp_ended_early(const struct smtp *s);
bool smtp_ended_refused(const struct smtp *s);

#endif
