/* files - what qmail's programs read when they start, each as the user that it runs as. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "qmail/conf.h"
#include "qmail/passwd.h"
#include "route/internal.h"

enum program { SMTPD, SEND, REMOTE };

static const struct {
	const char *path;
	enum program reader;
} controls[ROUTE_CONTROLS] = {
	[SMTPD_ME] = {QMAIL_CONTROL "me", SMTPD},
	[SMTPD_GREETING] = {QMAIL_CONTROL "smtpgreeting", SMTPD},
	[SMTPD_LOCALIPHOST] = {QMAIL_CONTROL "localiphost", SMTPD},
	[SMTPD_TIMEOUT] = {QMAIL_CONTROL "timeoutsmtpd", SMTPD},
	[SMTPD_BADMAILFROM] = {QMAIL_CONTROL "badmailfrom", SMTPD},
	[SMTPD_DATABYTES] = {QMAIL_CONTROL "databytes", SMTPD},
	[SMTPD_RCPTHOSTS] = {QMAIL_CONTROL "rcpthosts", SMTPD},
	[SEND_ME] = {QMAIL_CONTROL "me", SEND},
	[SEND_LIFETIME] = {QMAIL_CONTROL "queuelifetime", SEND},
	[SEND_CONCURRENCY_LOCAL] = {QMAIL_CONTROL "concurrencylocal", SEND},
	[SEND_CONCURRENCY_REMOTE] = {QMAIL_CONTROL "concurrencyremote", SEND},
	[SEND_ENVNOATHOST] = {QMAIL_CONTROL "envnoathost", SEND},
	[SEND_BOUNCEFROM] = {QMAIL_CONTROL "bouncefrom", SEND},
	[SEND_BOUNCEHOST] = {QMAIL_CONTROL "bouncehost", SEND},
	[SEND_DOUBLEBOUNCEHOST] = {QMAIL_CONTROL "doublebouncehost", SEND},
	[SEND_DOUBLEBOUNCETO] = {QMAIL_CONTROL "doublebounceto", SEND},
	[SEND_LOCALS] = {QMAIL_CONTROL "locals", SEND},
	[SEND_PERCENTHACK] = {QMAIL_CONTROL "percenthack", SEND},
	[SEND_VIRTUALDOMAINS] = {QMAIL_CONTROL "virtualdomains", SEND},
	[REMOTE_ME] = {QMAIL_CONTROL "me", REMOTE},
	[REMOTE_TIMEOUT] = {QMAIL_CONTROL "timeoutremote", REMOTE},
	[REMOTE_TIMEOUT_CONNECT] = {QMAIL_CONTROL "timeoutconnect", REMOTE},
	[REMOTE_HELOHOST] = {QMAIL_CONTROL "helohost", REMOTE},
	[REMOTE_SMTPROUTES] = {QMAIL_CONTROL "smtproutes", REMOTE},
};

/* A tree without qmail's users is taken to be readable by them. */
static struct as_user become(struct route_files *f, const char *name)
{
	struct passwd_user u;

	if (!passwd_find(buf_text(&f->passwd), f->passwd.len, name, &u))
		return (struct as_user){.ctx = f->ctx};
	return (struct as_user){.ctx = f->ctx, .uid = u.uid, .gid = u.gid};
}

static int read_file(const struct as_user *v, const char *path, struct route_file *file)
{
	file->path = path;
	file->text = BUF(CONTROL_MAX);
	file->trouble = as_user_slurp(v, NULL, path, &file->text, &file->st);
	return file->trouble < 0 ? -1 : 0;
}

static int read_controls(struct route_files *f)
{
	const struct as_user *const reader[] = {[SMTPD] = &f->smtpd, [SEND] = &f->send, [REMOTE] = &f->remote};

	for (size_t i = 0; i < ROUTE_CONTROLS; i++)
		if (read_file(reader[controls[i].reader], controls[i].path, &f->control[i]) < 0)
			return -1;
	return 0;
}

/* Its text is for us alone. */
static int open_cdb(const struct as_user *v, const char *text, const char *path, struct route_cdb *cdb)
{
	const struct as_user root = {.ctx = v->ctx};

	cdb->path = path;
	cdb->trouble = as_user_open(v, NULL, path, &cdb->fd, &cdb->st);
	return cdb->trouble < 0 ? -1 : read_file(&root, text, &cdb->text);
}

int route_load(struct ctx *ctx, struct route_files *f)
{
	struct as_user root = {.ctx = ctx};
	struct stat st;

	*f = (struct route_files){.ctx = ctx, .passwd = BUF(CONTROL_MAX), .morercpthosts.fd = -1, .cdb.fd = -1};
	f->default_delivery = BUF(CONTROL_MAX);
	if (fs_stat(ctx, QMAIL_HOME "/control", &st) != 0)
		return ctx->err.code != 0 ? -1 : err_perm(&ctx->err, "%s" QMAIL_HOME "/control: no such directory", ctx->root);
	if (as_user_slurp(&root, NULL, "/etc/passwd", &f->passwd, NULL) < 0)
		return -1;
	f->lspawn = root;
	f->smtpd = become(f, "qmaild");
	f->send = become(f, "qmails");
	f->remote = become(f, "qmailr");
	f->getpw = become(f, "qmailp");
	if (read_controls(f) < 0 || open_cdb(&root, QMAIL_ASSIGN, QMAIL_CDB, &f->cdb) < 0 ||
	    open_cdb(&f->smtpd, QMAIL_CONTROL "morercpthosts", QMAIL_CONTROL "morercpthosts.cdb", &f->morercpthosts) < 0)
		return -1;
	return route_ask_running(f);
}

static void close_cdb(struct route_cdb *cdb)
{
	if (cdb->fd >= 0)
		close(cdb->fd);
	buf_free(&cdb->text.text);
}

void route_unload(struct route_files *f)
{
	for (size_t i = 0; i < ROUTE_CONTROLS; i++)
		buf_free(&f->control[i].text);
	close_cdb(&f->cdb);
	close_cdb(&f->morercpthosts);
	buf_free(&f->passwd);
	buf_free(&f->default_delivery);
}

struct constmap route_map(const struct route_files *f, enum route_control name)
{
	const struct buf *b = &f->control[name].text;

	return (struct constmap){buf_text(b), b->len};
}

bool route_line(const struct route_files *f, enum route_control name, struct buf *to)
{
	const char *p = buf_text(&f->control[name].text);
	size_t n = strcspn(p, "\n");

	if (f->control[name].trouble != 0)
		return false;
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	buf_free(to);
	buf_add(to, p, n);
	return true;
}
