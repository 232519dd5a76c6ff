/* states - what may be unanswered in a session: in which words we wait for it, how long, and what may follow it. */
#ifndef SMTP_STATES_H
#define SMTP_STATES_H

#include <stdbool.h>

/* A command that was said and whose reply is due. */
enum state {
	/* Of a message, in the order in which they are said */
	AT_RSET, /* where the message before left a transaction open, or may have left one; in streaming behind each message */
	AT_MAIL,
	AT_RCPT,
	AT_DATA,
	AT_END, /* the end of data */

	/* Its text in streaming, instead of DATA: counted octets that wait for no go-ahead (RFC 3030) */
	AT_CHUNK,       /* BDAT n */
	AT_LAST,        /* BDAT n LAST */
	AT_CHUNK_TRIAL, /* the same, of the first message: nothing shows yet that this server can do what it offered */
	AT_LAST_TRIAL,

	/* The rest of a group whose message was refused before (RFC 2920 3.1): its verdict stands */
	AT_RCPT_MOOT,
	AT_DATA_MOOT,
	AT_END_MOOT, /* the lone dot */
	AT_BDAT_MOOT,

	/* Of the session */
	AT_GREETING,
	AT_EHLO,
	AT_HELO,
	AT_AGAIN, /* EHLO once more: no message is there, and what is answered must be told apart from what is to come */
	AT_QUIT,
	AT_NOTHING, /* no command was sent that is not answered */
	STATES,
};

struct state_words {
	const char *due; /* "timed out while waiting for ..." */
	int patience;    /* seconds, RFC 5321 4.5.3.2 */
	bool ends_group; /* nothing may be said behind it before it is answered (RFC 2920 3.1) */
	bool stays_open; /* when it is refused the server still holds a transaction: RSET before the next MAIL */
	enum state moot; /* what becomes of it when its message is refused first */
};

extern const struct state_words smtp_states[STATES];

#endif
