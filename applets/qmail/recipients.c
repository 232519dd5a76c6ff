/* recipients - lists of valid recipients that some qmails have. */
#include "qmail/recipients.h"

#include "lib/fs.h"
#include "qmail/control.h"

const char *recipients_next(struct ctx *ctx, size_t *at)
{
	static const char *const paths[] = {QMAIL_CONTROL "recipients",        QMAIL_CONTROL "recipients.cdb",
	                                    QMAIL_CONTROL "validrcptto",       QMAIL_CONTROL "validrcptto.cdb",
	                                    QMAIL_CONTROL "morevalidrcptto.cdb"};
	struct stat st;

	while (*at < sizeof paths / sizeof *paths)
		if (fs_stat(ctx, paths[(*at)++], &st) == 0)
			return paths[*at - 1];
	ctx->err = (struct err){0};
	return NULL;
}
