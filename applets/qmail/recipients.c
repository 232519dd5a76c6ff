/* recipients - lists of valid recipients that some qmails have. */
#include "qmail/recipients.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/fs.h"
#include "lib/mapped.h"
#include "qmail/cdbfile.h"
#include "qmail/control.h"
#include "qmail/names.h"

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

static bool has_line(const struct mapped *m, const char *want)
{
	const char *p = m->p, *end = m->p + m->n, *lf;
	size_t n;

	for (; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		lf = lf != NULL ? lf : end;
		for (n = (size_t)(lf - p); n > 0 && strchr(" \t\r", p[n - 1]) != NULL; n--)
			;
		if (n == strlen(want) && strncasecmp(p, want, n) == 0)
			return true;
	}
	return false;
}

static bool has_key(const struct mapped *m, const char *want)
{
	struct buf data = BUF(1 << 16);
	bool has = cdbfile_ask(&(struct cdbfile_view){m->fd, m->p, m->n}, want, strlen(want), &data) == 0;

	buf_free(&data);
	return has;
}

bool recipients_has(struct ctx *ctx, const char *path, const char *address, const char *domain)
{
	bool (*has)(const struct mapped *, const char *) = strcmp(path + strlen(path) - 4, ".cdb") == 0 ? has_key : has_line;
	char all[NAME_DOMAIN_MAX + 2];
	struct mapped m;
	bool found;

	snprintf(all, sizeof all, "@%s", domain);
	found = mapped_open(ctx, path, MAPPED_READ, &m) == 0 && m.p != NULL &&
	        ((*address != '\0' && has(&m, address)) || has(&m, all));
	mapped_close(&m);
	return found;
}
