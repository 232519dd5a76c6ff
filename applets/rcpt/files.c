/* files - the tables that decide, each opened when it is first needed. */
#include <errno.h>

#include "qmail/conf.h"
#include "rcpt/internal.h"

const char *rcpt_path(enum rcpt_file which)
{
	static const char *const paths[RCPT_FILES] = {
		[RCPT_ME] = QMAIL_CONTROL "me",
		[RCPT_ENVNOATHOST] = QMAIL_CONTROL "envnoathost",
		[RCPT_PERCENTHACK] = QMAIL_CONTROL "percenthack",
		[RCPT_LOCALS] = QMAIL_CONTROL "locals",
		[RCPT_VIRTUALDOMAINS] = QMAIL_CONTROL "virtualdomains",
		[RCPT_CDB] = QMAIL_CDB,
		[RCPT_PASSWD] = "/etc/passwd",
		[RCPT_NSSWITCH] = "/etc/nsswitch.conf",
	};

	return paths[which];
}

const struct mapped *rcpt_file(struct rcpt *r, enum rcpt_file which, int *errnum)
{
	if (!r->file[which].known) {
		r->file[which].trouble = mapped_open(r->ctx, rcpt_path(which), which == RCPT_CDB ? MAPPED_ASKED : MAPPED_READ,
		                                     &r->file[which].map);
		r->file[which].known = true;
	}
	*errnum = r->file[which].trouble;
	return &r->file[which].map;
}

void rcpt_begin(struct ctx *ctx, struct rcpt *r)
{
	*r = (struct rcpt){.ctx = ctx};
	for (size_t i = 0; i < RCPT_FILES; i++)
		r->file[i].map.fd = -1;
}
