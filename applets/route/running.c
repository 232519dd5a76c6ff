/* running - what a running qmail tells by being there, and what of the files it does not know yet. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/proc.h"
#include "qmail/assign.h"
#include "qmail/conf.h"
#include "qmail/digest.h"
#include "qmail/morercpthosts.h"
#include "qmail/qsend.h"
#include "qmail/unread.h"
#include "route/internal.h"

/* "PID (qmail-lspawn) S PARENT ..." */
static bool is_lspawn(pid_t pid, pid_t parent)
{
	static const char name[] = "(qmail-lspawn) ";
	char stat[512];
	const char *p;

	proc_read(pid, "stat", stat, sizeof stat);
	p = strstr(stat, name);
	return p != NULL && strtol(p + strlen(name) + 2, NULL, 10) == parent;
}

/* qmail-start hands its argument to qmail-lspawn, and becomes qmail-send. */
static bool ask_lspawn(pid_t qmail_send, struct buf *to)
{
	char arguments[8192];
	size_t n = 0, first = 0;
	struct dents all;
	pid_t pid;

	if (proc_begin(&all) < 0)
		return false;
	while (n == 0 && (pid = proc_next(&all)) > 0)
		if (is_lspawn(pid, qmail_send))
			n = proc_read(pid, "cmdline", arguments, sizeof arguments);
	close(all.fd);
	if (n > 0)
		first = strlen(arguments) + 1;
	if (first == 0 || first >= n)
		return false;
	buf_str(to, arguments + first);
	return true;
}

/* The file that many hand to qmail-start; else what is usual. */
static int read_default(struct route_files *f)
{
	struct buf text = BUF(CONTROL_MAX);
	int r = as_user_slurp(&f->lspawn, NULL, QMAIL_CONTROL "defaultdelivery", &text, NULL);

	f->default_doubt = r == 0 ? " as in control/defaultdelivery: the command that starts qmail may set another"
	                          : " as is usual: the command that starts qmail may set another";
	if (r == 0)
		buf_add(&f->default_delivery, text.p, text.len);
	else
		buf_str(&f->default_delivery, "./Maildir/");
	buf_free(&text);
	return r < 0 ? -1 : 0;
}

static void warn_unread(const struct route_files *f, const char *name, pid_t qmail_send)
{
	const struct route_file *file = route_control(f, CONTROL_SEND, name);

	if (file->trouble == 0 && control_is_unread(qmail_send, file->path, &file->st))
		ctx_warn(f->ctx, "%s was changed, and qmail-send has not read it since: mail is routed by its old contents until qv-hup",
		         file->path);
}

int route_ask_running(struct route_files *f)
{
	struct qsend q = {.found = QSEND_NONE};
	struct conf conf;

	if (!f->ctx->offline && (conf_load(f->ctx, &conf) < 0 || qsend_find(f->ctx, &conf, &q) < 0))
		return -1;
	if (q.found != QSEND_NONE) {
		warn_unread(f, "locals", q.pid);
		warn_unread(f, "virtualdomains", q.pid);
		if (ask_lspawn(q.pid, &f->default_delivery))
			return 0;
	}
	return read_default(f);
}

/* The next bytes of both are the same, or both have ended. *more: they have not. */
static bool same_piece(int a, int b, off_t at, bool *more)
{
	char left[16384], right[sizeof left];
	ssize_t n = pread(a, left, sizeof left, at), m = pread(b, right, sizeof right, at);

	*more = n > 0;
	return n >= 0 && n == m && memcmp(left, right, (size_t)n) == 0;
}

static bool same_bytes(int a, int b)
{
	bool more = true, same = true;

	for (off_t at = 0; same && more; at += 16384)
		same = same_piece(a, b, at, &more);
	return same;
}

/* Compared by what is in it, for a copied tree may have any times. */
static void warn_stale(const struct route_files *f, const struct route_cdb *cdb, digest_text *digest, const char *mend)
{
	const struct route_file *text = &cdb->text;
	struct ctx *ctx = f->ctx;
	int fd = memfd_create("cdb", MFD_CLOEXEC);

	if (fd < 0 || digest(ctx, text->path, buf_text(&text->text), text->text.len, fd) < 0)
		ctx_warn(ctx, "%s", fd < 0 ? "unable to compare the cdb with its text" : ctx->err.text);
	else if (!same_bytes(fd, cdb->fd))
		ctx_warn(ctx, "%s%s does not match %s: mail is delivered by the old entries until %s rebuilds it", ctx->root,
		         cdb->path, text->path, mend);
	else if (cdb->st.st_mtime < text->st.st_mtime)
		ctx_warn(ctx, "%s%s is older than %s, but has the same lines", ctx->root, cdb->path, text->path);
	ctx->err = (struct err){0};
	if (fd >= 0)
		close(fd);
}

/* A table with entries that nobody ever made a cdb of. */
static bool is_unused(const struct route_cdb *cdb)
{
	const char *p = buf_text(&cdb->text.text), *why;
	struct assign_line l;

	return cdb->trouble == ENOENT && cdb->text.trouble == 0 &&
	       assign_parse(p, strcspn(p, "\n"), true, &l, &why) == ASSIGN_ENTRY;
}

void route_warn(const struct route_files *f)
{
	if (is_unused(&f->cdb))
		ctx_warn(f->ctx, "%s%s does not exist: %s has no effect until qv-newu builds it", f->ctx->root, f->cdb.path,
		         f->cdb.text.path);
	if (f->cdb.fd >= 0 && f->cdb.text.trouble == 0)
		warn_stale(f, &f->cdb, assign_digest, "qv-newu");
	if (f->morercpthosts.fd >= 0 && f->morercpthosts.text.trouble == 0)
		warn_stale(f, &f->morercpthosts, morercpthosts_digest, "qv-newmrh");
}
