/* list - all addresses that exist, for filters in front of qmail-smtpd. */
#include "rcpt/list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/json.h"
#include "lib/mapped.h"
#include "qmail/cdbwalk.h"
#include "qmail/conf.h"
#include "qmail/constmap.h"
#include "qmail/lines.h"
#include "qmail/names.h"
#include "rcpt/kept.h"
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

/* The entries of a text of rcpthosts(5), which is empty afterwards. */
static int add_text(struct ctx *ctx, struct sorted *hosts, struct buf *text)
{
	struct lines l = {0};
	const char *key;
	size_t n;
	bool failed;

	lines_take(&l, text);
	for (size_t i = 0; i < l.n; i++)
		if (lines_key(&l, LINES_LIST, i, &key, &n))
			add_host(hosts, key, n);
	failed = lines_failed(&l);
	lines_free(&l);
	return failed ? err_temp(&ctx->err, "out of memory") : 0;
}

static int add_rcpthosts(struct ctx *ctx, struct sorted *hosts)
{
	struct buf text = BUF(CONTROL_MAX);
	int r = fs_slurp(ctx, RCPTHOSTS, &text, NULL);

	if (r == 1)
		r = err_perm(&ctx->err, "%s" RCPTHOSTS " does not exist: every domain is accepted, and cannot be listed",
		             ctx->root);
	if (r == 0)
		r = add_text(ctx, hosts, &text);
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

static int find_hosts(struct ctx *ctx, const struct buf *given, struct sorted *hosts)
{
	struct buf text = BUF(CONTROL_MAX * 2);

	if (given != NULL)
		buf_add(&text, given->p, given->len);
	if ((given != NULL ? add_text(ctx, hosts, &text) : add_rcpthosts(ctx, hosts)) < 0 || add_morercpthosts(ctx, hosts) < 0)
		return -1;
	return sorted_ready(hosts) < 0 ? err_temp(&ctx->err, "out of memory") : 0;
}

static int list_all(struct ctx *ctx, const struct sorted *hosts, struct buf *out)
{
	struct rcpt rcpt;
	struct rcpt_single single;
	int r;

	rcpt_begin(ctx, &rcpt);
	rcpt.virtualdomains = constmap_index_new();
	r = rcpt_single(&rcpt, &single);
	for (size_t i = 0; r == 0 && i < hosts->n; i++)
		r = rcpt_list_domain(&rcpt, &single, hosts->at[i], out);
	rcpt_single_free(&single);
	constmap_index_free(rcpt.virtualdomains);
	return r == 0 && buf_failed(out) ? err_temp(&ctx->err, "out of memory") : r;
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

static int make(struct ctx *ctx, const struct buf *given, struct buf *list)
{
	struct sorted hosts = SORTED(RCPT_LIST_MAX);
	int r = find_hosts(ctx, given, &hosts);

	if (r == 0)
		r = list_all(ctx, &hosts, list);
	sorted_free(&hosts);
	return r;
}

/* A list that no change can meanwhile make old. */
static int write_kept(struct ctx *ctx, const char *cdb, const struct buf *list)
{
	if (list_cdb_write(ctx, cdb, list) < 0)
		return -1;
	return kept_place(cdb) && !ctx->dry_run ? kept_enter(ctx, cdb) : 0;
}

int rcpt_list(struct ctx *ctx, const char *cdb)
{
	struct buf list = BUF(RCPT_LIST_MAX);
	bool locks = cdb != NULL && kept_place(cdb) && !ctx->dry_run;
	struct lockfile lock = LOCKFILE_NONE;
	int r = cdb != NULL ? list_cdb_check(ctx, cdb) : 0;

	if (r == 0 && locks)
		r = conf_lock(ctx, &lock);
	if (r == 0)
		r = make(ctx, NULL, &list);
	if (r == 0 && list.len == 0)
		r = err_perm(&ctx->err, "no address exists: an empty list would refuse all mail");
	if (r == 0)
		r = cdb != NULL ? write_kept(ctx, cdb, &list) : print(ctx, &list);
	buf_free(&list);
	lockfile_drop(&lock);
	return r;
}

/* What is not certain was said when the list was made by hand. */
static int make_quietly(struct ctx *ctx, const struct buf *given, struct buf *list)
{
	int talk = ctx->talk, r;

	ctx->talk = -1;
	r = make(ctx, given, list);
	ctx->talk = talk;
	return r;
}

int rcpt_list_keep(struct ctx *ctx, const char *cdb, const struct buf *hosts)
{
	struct buf list = BUF(RCPT_LIST_MAX);
	int r = make_quietly(ctx, hosts, &list);

	if (r == 0 && list.len == 0)
		ctx_warn(ctx, "%s%s stays as it is: no address exists any more, and an empty list would refuse all mail", ctx->root, cdb);
	else if (r == 0)
		r = list_cdb_write(ctx, cdb, &list);
	buf_free(&list);
	return r;
}

int rcpt_list_now(struct ctx *ctx)
{
	struct buf list = BUF(RCPT_LIST_MAX);
	int fd = -1;

	if (make_quietly(ctx, NULL, &list) == 0) {
		fd = memfd_create("list", MFD_CLOEXEC);
		if (fd < 0 || list_cdb_fill(fd, &list) < 0)
			err_sys(&ctx->err, "unable to build the list of addresses in memory");
	}
	buf_free(&list);
	if (fd >= 0 && ctx->err.code != 0) {
		close(fd);
		return -1;
	}
	return fd;
}
