/* list - all addresses that exist, for filters in front of qmail-smtpd. */
#include "rcpt/list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/json.h"
#include "lib/replace.h"
#include "qmail/cdbfile.h"
#include "qmail/cdbwalk.h"
#include "qmail/conf.h"
#include "qmail/lines.h"
#include "qmail/names.h"
#include "rcpt/list_internal.h"

#define RCPTHOSTS QMAIL_CONTROL "rcpthosts"
#define MORERCPTHOSTS_CDB QMAIL_CONTROL "morercpthosts.cdb"

/* In lower case; not an entry that no address can match. */
static void add_host(struct sorted *hosts, const char *p, size_t n)
{
	char host[256];

	for (size_t i = 0; i < n; i++) {
		if (i == sizeof host || (unsigned char)p[i] <= ' ' || p[i] == '@' || (unsigned char)p[i] >= 127)
			return;
		host[i] = name_fold(p[i]);
	}
	if (n > 0)
		sorted_add(hosts, host, n);
}

static int add_rcpthosts(struct ctx *ctx, struct sorted *hosts)
{
	struct buf text = BUF(CONTROL_MAX);
	struct lines l = {0};
	const char *key;
	size_t n;
	int r = fs_slurp(ctx, RCPTHOSTS, &text, NULL);

	if (r == 1)
		r = err_perm(&ctx->err, "%s" RCPTHOSTS " does not exist: every domain is accepted, and cannot be listed",
		             ctx->root);
	lines_take(&l, &text);
	for (size_t i = 0; i < l.n; i++)
		if (lines_key(&l, LINES_LIST, i, &key, &n))
			add_host(hosts, key, n);
	if (r == 0 && lines_failed(&l))
		r = err_temp(&ctx->err, "out of memory");
	lines_free(&l);
	buf_free(&text);
	return r;
}

static int add_morercpthosts(struct ctx *ctx, struct sorted *hosts)
{
	struct mapped m;
	struct cdbwalk w = {0};
	int e = mapped_open(ctx, MORERCPTHOSTS_CDB, MAPPED_READ, &m);

	if (e == 0 && cdbwalk_begin(&w, m.p, m.n) == 0)
		while (cdbwalk_next(&w))
			add_host(hosts, w.key, w.keylen);
	mapped_close(&m);
	if (w.bad || (e != 0 && e != ENOENT))
		return err_temp(&ctx->err, "unable to read %s" MORERCPTHOSTS_CDB ": %s", ctx->root,
		                w.bad ? "not a cdb, or damaged" : strerror(e));
	return 0;
}

static int find_hosts(struct ctx *ctx, struct sorted *hosts)
{
	if (add_rcpthosts(ctx, hosts) < 0 || add_morercpthosts(ctx, hosts) < 0)
		return -1;
	return sorted_ready(hosts) < 0 ? err_temp(&ctx->err, "out of memory") : 0;
}

static int list_all(struct ctx *ctx, const struct sorted *hosts, struct buf *out)
{
	struct rcpt rcpt;
	struct rcpt_single single;
	int r;

	rcpt_begin(ctx, &rcpt);
	r = rcpt_single(&rcpt, &single);
	for (size_t i = 0; r == 0 && i < hosts->n; i++)
		r = rcpt_list_domain(&rcpt, &single, hosts->at[i], out);
	rcpt_single_free(&single);
	if (r == 0 && out->len == 0)
		return err_perm(&ctx->err, "no address exists: an empty list would refuse all mail");
	return r == 0 && buf_failed(out) ? err_temp(&ctx->err, "out of memory") : r;
}

/* Each line without its end, as it is and behind a colon. */
static int add_keys(struct cdbfile *c, const struct buf *list)
{
	struct buf key = BUF(RCPT_LIST_MAX);
	const char *lf;
	int r = 0;

	for (const char *p = buf_text(list); r == 0 && (lf = strchr(p, '\n')) != NULL; p = lf + 1) {
		key.len = 0;
		buf_char(&key, ':');
		buf_add(&key, p, (size_t)(lf - p));
		errno = ENOMEM;
		if (buf_failed(&key) || cdbfile_add(c, key.p + 1, key.len - 1, "", 0) < 0 ||
		    cdbfile_add(c, key.p, key.len, "", 0) < 0)
			r = -1;
	}
	buf_free(&key);
	return r;
}

static int fill(int fd, const struct buf *list)
{
	struct cdbfile *c = cdbfile_start(fd);

	if (c == NULL)
		return -1;
	if (add_keys(c, list) == 0)
		return cdbfile_finish(c);
	cdbfile_drop(c);
	return -1;
}

static int write_cdb(struct ctx *ctx, const char *path, const struct buf *list)
{
	struct replace r;

	if (ctx->dry_run) {
		printf("build %s\n", path);
		return 0;
	}
	if (replace_begin(ctx, &r, path, &(struct owner){0644, (uid_t)-1, (gid_t)-1}) < 0)
		return -1;
	if (fill(r.fd, list) < 0)
		err_sys(&ctx->err, "unable to write %s%s", ctx->root, path);
	else if (replace_ready(ctx, &r) == 0)
		return replace_show(ctx, &r);
	replace_drop(ctx, &r);
	return -1;
}

static int print_json(struct ctx *ctx, const struct buf *list)
{
	struct buf b = BUF(RCPT_LIST_MAX);
	const char *lf;
	int r = 0;

	json_open(&b, '[');
	for (const char *p = buf_text(list); (lf = strchr(p, '\n')) != NULL; p = lf + 1)
		json_bytes(&b, p, (size_t)(lf - p));
	json_close(&b, ']');
	if (buf_failed(&b))
		r = err_temp(&ctx->err, "out of memory");
	else
		printf("%s\n", buf_text(&b));
	buf_free(&b);
	return r;
}

static int print(struct ctx *ctx, const struct buf *list)
{
	if (ctx->json)
		return print_json(ctx, list);
	fwrite(buf_text(list), 1, list->len, stdout);
	return 0;
}

int rcpt_list(struct ctx *ctx, const char *cdb)
{
	struct sorted hosts = SORTED(RCPT_LIST_MAX);
	struct buf list = BUF(RCPT_LIST_MAX);
	int r = find_hosts(ctx, &hosts);

	if (r == 0)
		r = list_all(ctx, &hosts, &list);
	if (r == 0)
		r = cdb != NULL ? write_cdb(ctx, cdb, &list) : print(ctx, &list);
	sorted_free(&hosts);
	buf_free(&list);
	return r;
}
