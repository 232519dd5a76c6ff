/* files - the tables that decide, each opened when it is first needed. */
#include <errno.h>

#include "qmail/conf.h"
#include "qmail/virtualdomains.h"
#include "rcpt/internal.h"

const char *rcpt_path(enum rcpt_file which)
{
	static const char *const paths[RCPT_FILES] = {
		[RCPT_ME] = QMAIL_CONTROL "me",
		[RCPT_ENVNOATHOST] = QMAIL_CONTROL "envnoathost",
		[RCPT_PERCENTHACK] = QMAIL_CONTROL "percenthack",
		[RCPT_LOCALS] = QMAIL_CONTROL "locals",
		[RCPT_VIRTUALDOMAINS] = QMAIL_CONTROL "virtualdomains",
		[RCPT_VIRTUAL_CDB] = VIRTUALDOMAINS_CDB,
		[RCPT_CDB] = QMAIL_CDB,
		[RCPT_PASSWD] = "/etc/passwd",
		[RCPT_NSSWITCH] = "/etc/nsswitch.conf",
	};

	return paths[which];
}

static enum mapped_use use_of(enum rcpt_file which)
{
	return which == RCPT_CDB || which == RCPT_VIRTUAL_CDB || which == RCPT_VIRTUALDOMAINS ? MAPPED_ASKED : MAPPED_READ;
}

const struct mapped *rcpt_file(struct rcpt *r, enum rcpt_file which, int *errnum)
{
	if (!r->file[which].known) {
		r->file[which].trouble = mapped_open(r->ctx, rcpt_path(which), use_of(which), &r->file[which].map);
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
