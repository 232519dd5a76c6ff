/* become - root's rights are not needed, and what qmail-smtpd's user sees is what counts. */
#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

#include "qmail/passwd.h"
#include "rcpt/internal.h"

enum { NOBODY = 65534 };

int rcpt_become(struct ctx *ctx)
{
	struct passwd_user u = {.uid = NOBODY, .gid = NOBODY};
	struct mapped m = {.fd = -1};

	if (geteuid() != 0)
		return 0;
	if (mapped_open(ctx, rcpt_path(RCPT_PASSWD), MAPPED_READ, &m) == 0 && m.n > 0)
		passwd_find(m.p, m.n, "qmaild", &u);
	if (u.uid == 0)
		u.uid = NOBODY;
	mapped_close(&m);
	if (setgroups(1, &u.gid) < 0 || setgid(u.gid) < 0 || setuid(u.uid) < 0)
		return err_temp(&ctx->err, "unable to become qmaild: %s", strerror(errno));
	return 0;
}
