/* states - the engine's two tables: what each reply leads to, and the words and the patience of each wait. */
#include "smtp/states.h"

#include "smtp/moves.h"

// clang-format off

/*
 * A 0 is a hole, BREACH: no server that keeps to the protocol answers so. Only 2yz is success, 354 to the end of data
 * is a hole. What happens when RCPT is refused with 550? BOUNCE: this message is permanent. Its DATA, said in the same
 * group, goes on as AT_DATA_MOOT: refused too, or 354 and a lone dot; its BDATs go on as AT_BDAT_MOOT.
 *
 * The codes that speak of the session or of the command never bounce a message. 50Z and 53Z end the session: the way of
 * talking may be to blame, or all that we are. 51Z, to MAIL or RCPT, may be due to the address, and 53Z behind the whole
 * text to that (Courier: 534, a line is too long): the message stays, others go on. Before a server has accepted any message by BDAT, no 5yz to it speaks of the message: it is tried again after
 * DATA, in another session.
 *
 * One reply is told by its words: a 5yz with "too many ... errors" or "commands" in it is 421 in all but its code, and is
 * looked up there (answer.c).
 *
 * DELIVERED and BOUNCE are not final yet, see final.c: a reply may be another's. What is surely of its place makes final
 * what was answered before: GO_AHEAD, FLUSHED, KNOWN, PART. SURPLUS is where 2yz can only come when there was a reply too many.
 */
const enum move smtp_moves[STATES][REPLY_CLASSES] = {
	/*                   1yz   2yz        3yz       4yz      5yz       50Z       51Z       53Z      421 */
	[AT_RSET]        = { 0,    FLUSHED,   0,        0,       0,        0,        0,        0,       HANG_UP },
	[AT_MAIL]        = { 0,    GO_ON,     0,        DEFER,   BOUNCE,   STOP,     DEFER,    STOP,    HANG_UP },
	[AT_RCPT]        = { 0,    GO_ON,     0,        DEFER,   BOUNCE,   STOP,     DEFER,    STOP,    HANG_UP },
	[AT_DATA]        = { 0,    SURPLUS,   GO_AHEAD, DEFER,   BOUNCE,   STOP,     STOP,     STOP,    HANG_UP },
	[AT_END]         = { 0,    DELIVERED, 0,        DEFER,   BOUNCE,   STOP,     DEFER,    DEFER,   HANG_UP },

	[AT_CHUNK]       = { 0,    GO_ON,     0,        DEFER,   BOUNCE,   STOP,     STOP,     STOP,    HANG_UP },
	[AT_LAST]        = { 0,    DELIVERED, 0,        DEFER,   BOUNCE,   STOP,     STOP,     DEFER,   HANG_UP },
	[AT_CHUNK_TRIAL] = { 0,    GO_ON,     0,        DEFER,   STOP,     STOP,     STOP,     STOP,    HANG_UP },
	[AT_LAST_TRIAL]  = { 0,    DELIVERED, 0,        DEFER,   STOP,     STOP,     STOP,     STOP,    HANG_UP },

	[AT_RCPT_MOOT]   = { 0,    SURPLUS,   0,        GO_ON,   GO_ON,    GO_ON,    GO_ON,    GO_ON,   HANG_UP },
	[AT_DATA_MOOT]   = { 0,    SURPLUS,   LONE_DOT, GO_ON,   GO_ON,    GO_ON,    GO_ON,    GO_ON,   HANG_UP },
	[AT_END_MOOT]    = { 0,    GO_ON,     0,        GO_ON,   GO_ON,    GO_ON,    GO_ON,    GO_ON,   HANG_UP },
	[AT_BDAT_MOOT]   = { 0,    GO_ON,     0,        GO_ON,   GO_ON,    GO_ON,    GO_ON,    GO_ON,   HANG_UP },

	[AT_GREETING]    = { 0,    SAY_EHLO,  0,        HANG_UP, HANG_UP,  HANG_UP,  HANG_UP,  HANG_UP, HANG_UP },
	[AT_EHLO]        = { 0,    READY,     0,        HANG_UP, SAY_HELO, SAY_HELO, SAY_HELO, HANG_UP, HANG_UP },
	[AT_HELO]        = { 0,    READY,     0,        HANG_UP, HANG_UP,  HANG_UP,  HANG_UP,  HANG_UP, HANG_UP },
	[AT_AGAIN]       = { 0,    KNOWN,     0,        0,       0,        0,        0,        0,       HANG_UP },
	[AT_QUIT]        = { 0,    PART,      0,        0,       0,        0,        0,        0,       PART    },
	[AT_NOTHING]     = { 0,    SURPLUS,   0,        0,       0,        0,        0,        0,       HANG_UP },
};

const struct state_words smtp_states[STATES] = {
	/*                   due                             patience  ends_group  stays_open  moot */
	[AT_RSET]        = { "the reply to RSET",                 300, false,      false,      AT_RSET      },
	[AT_MAIL]        = { "the reply to MAIL FROM",            300, false,      false,      AT_MAIL      },
	[AT_RCPT]        = { "the reply to RCPT TO",              300, false,      true,       AT_RCPT_MOOT },
	[AT_DATA]        = { "the reply to DATA",                 120, true,       true,       AT_DATA_MOOT },
	[AT_END]         = { "the reply to the end of data",      600, false,      false,      AT_END_MOOT  },

	[AT_CHUNK]       = { "the reply to BDAT",                 180, false,      true,       AT_BDAT_MOOT },
	[AT_LAST]        = { "the reply to BDAT LAST",            600, false,      true,       AT_BDAT_MOOT },
	[AT_CHUNK_TRIAL] = { "the reply to BDAT",                 180, false,      true,       AT_BDAT_MOOT },
	[AT_LAST_TRIAL]  = { "the reply to BDAT LAST",            600, false,      true,       AT_BDAT_MOOT },

	[AT_RCPT_MOOT]   = { "the reply to RCPT TO",              300, false,      true,       AT_RCPT_MOOT },
	[AT_DATA_MOOT]   = { "the reply to DATA",                 120, true,       true,       AT_DATA_MOOT },
	[AT_END_MOOT]    = { "the reply to an empty end of data", 600, false,      false,      AT_END_MOOT  },
	[AT_BDAT_MOOT]   = { "the reply to BDAT",                 600, false,      true,       AT_BDAT_MOOT },

	[AT_GREETING]    = { "the greeting",                      300, true,       false,      AT_GREETING  },
	[AT_EHLO]        = { "the reply to EHLO",                 300, true,       false,      AT_EHLO      },
	[AT_HELO]        = { "the reply to HELO",                 300, true,       false,      AT_HELO      },
	[AT_AGAIN]       = { "the reply to EHLO",                 300, true,       false,      AT_AGAIN     },
	[AT_QUIT]        = { "the reply to QUIT",                  30, true,       false,      AT_QUIT      },

	/* nothing said and no reply due: the text of a message is on its way, RFC 5321 4.5.3.2.5 */
	[AT_NOTHING]     = { "no reply",                          180, false,      false,      AT_NOTHING   },
};
