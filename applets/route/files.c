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
	file->index = file->text.len > 0 ? constmap_index_new() : NULL;
	return file->trouble < 0 ? -1 : 0;
}

static void free_file(struct route_file *file)
{
	buf_free(&file->text);
	constmap_index_free(file->index);
}

/* A cdb is asked, not read: open_cdb(). */
static bool is_text_of(const struct control *k, enum control_program p)
{
	return control_is_read(k, p) && k->kind != CONTROL_CDB;
}

static int read_controls(struct route_files *f, enum control_program p)
{
	f->program[p] = become(f, control_user(p));
	for (const struct control *k = controls; k->path != NULL; k++)
		if (is_text_of(k, p) && read_file(&f->program[p], k->path, &f->control[p][k - controls]) < 0)
			return -1;
	return 0;
}

/* Its text is for us alone. */
static int open_cdb(const struct as_user *v, const char *text, const char *path, struct route_cdb *cdb)
{
	const struct as_user root = {.ctx = v->ctx};

	cdb->path = path;
	cdb->trouble = as_user_open(v, NULL, path, &cdb->fd, &cdb->st);
	if (cdb->trouble == 0)
		mapped_fd(cdb->fd, MAPPED_ASKED, &cdb->map); /* else it is read */
	return cdb->trouble < 0 ? -1 : read_file(&root, text, &cdb->text);
}

int route_load(struct ctx *ctx, struct route_files *f)
{
	struct as_user root = {.ctx = ctx};
	struct stat st;

	*f = (struct route_files){.ctx = ctx, .passwd = BUF(CONTROL_MAX), .morercpthosts.fd = -1, .cdb.fd = -1};
	f->cdb.map.fd = f->morercpthosts.map.fd = -1;
	f->default_delivery = BUF(CONTROL_MAX);
	f->default_doubt = "";
	if (fs_stat(ctx, QMAIL_HOME "/control", &st) != 0)
		return ctx->err.code != 0 ? -1 : err_perm(&ctx->err, "%s" QMAIL_HOME "/control: no such directory", ctx->root);
	if (as_user_slurp(&root, NULL, "/etc/passwd", &f->passwd, NULL) < 0)
		return -1;
	f->lspawn = root;
	f->getpw = become(f, "qmailp");
	for (enum control_program p = 0; p < CONTROL_PROGRAMS; p++)
		if (read_controls(f, p) < 0)
			return -1;
	if (open_cdb(&root, QMAIL_ASSIGN, QMAIL_CDB, &f->cdb) < 0 ||
	    open_cdb(&f->program[CONTROL_SMTPD], QMAIL_CONTROL "morercpthosts", QMAIL_CONTROL "morercpthosts.cdb", &f->morercpthosts) < 0)
		return -1;
	f->assign = (struct lookup_text){.p = buf_text(&f->cdb.text.text), .n = f->cdb.text.text.len};
	return route_ask_running(f);
}

static void close_cdb(struct route_cdb *cdb)
{
	if (cdb->fd >= 0)
		close(cdb->fd);
	mapped_close(&cdb->map);
	free_file(&cdb->text);
}

void route_unload(struct route_files *f)
{
	for (enum control_program p = 0; p < CONTROL_PROGRAMS; p++)
		for (size_t i = 0; i < CONTROLS_MAX; i++)
			free_file(&f->control[p][i]);
	places_free(&f->assign.lines);
	close_cdb(&f->cdb);
	close_cdb(&f->morercpthosts);
	buf_free(&f->passwd);
	buf_free(&f->default_delivery);
}
