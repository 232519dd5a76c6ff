/*
 * rcpt - would mail for an address bounce for lack of such an address here? Asked while the client still waits.
 *
 *	struct rcpt r;
 *	struct rcpt_answer a;
 *
 *	rcpt_become(ctx)				root is not needed
 *	rcpt_begin(ctx, &r);
 *	rcpt_ask(&r, "joe@example.com", &a)		as often as you like
 *
 * It decides as qmail-send, qmail-lspawn and qmail-local do (see route/, which explains each step), but looks only at what
 * decides this: users/cdb and the control files are mapped, not read; of a home, which .qmail file counts; of that file,
 * whether all it does is to forward to addresses that do not exist either. What lies behind an address, Maildirs and
 * programs, is not looked at.
 *
 * RCPT_NO is certain. All that is not, what qmail would defer and what this process may not see, is RCPT_UNSURE.
 */
#ifndef RCPT_RCPT_H
#define RCPT_RCPT_H

#include "lib/buf.h"
#include "lib/ctx.h"
#include "lib/mapped.h"

enum rcpt_verdict {
	RCPT_YES,    /* it exists, or is not for this host to know */
	RCPT_NO,     /* its mail would bounce: no such mailbox, and no default */
	RCPT_UNSURE, /* accept it: why says what cannot be known */
	RCPT_LATER,  /* it exists, but so much mail waits for its host that its quota is reached */
};

struct rcpt_answer {
	enum rcpt_verdict verdict;
	char why[512]; /* of RCPT_UNSURE, with the file; else "" */
};

enum rcpt_file {
	RCPT_ME, RCPT_ENVNOATHOST, RCPT_PERCENTHACK, RCPT_LOCALS, RCPT_VIRTUALDOMAINS, RCPT_VIRTUAL_CDB, RCPT_CDB, RCPT_PASSWD,
	RCPT_NSSWITCH, RCPT_FILES
};

struct rcpt {
	struct ctx *ctx;
	struct constmap_index *virtualdomains; /* of who asks for very many addresses; NULL: none is needed */
	/* private */
	struct {
		struct mapped map;
		int trouble; /* 0; or an errno; ENOENT: it does not exist */
		bool known;
	} file[RCPT_FILES]; /* each is opened when it is first needed */
};

/*
 * If this process is root, become qmaild for good, or, where etc/passwd does not list qmaild, nobody (65534). 0 or -1.
 */
int rcpt_become(struct ctx *ctx);

/* Its files stay open until the process ends: each costs three system calls. */
void rcpt_begin(struct ctx *ctx, struct rcpt *r);

/* address: of the envelope, without quotes and brackets. 0, or -1 with ctx->err: out of memory. */
int rcpt_ask(struct rcpt *r, const char *address, struct rcpt_answer *a);

#endif
