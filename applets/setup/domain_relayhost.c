/* domain_relayhost - change the servers that a dial-up host's mail is sent to. */
#include <string.h>
#include <unistd.h>

#include "dialup/mail_lock.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "lib/lock.h"
#include "plan/view.h"
#include "setup/change.h"
#include "setup/domain_change.h"

static bool is_locked(struct ctx *ctx, const char *path)
{
	int new = fs_dir(ctx, path), fd = -1;
	bool locked = new >= 0 && mail_lock(new, &fd) == 1;

	if (fd >= 0)
		close(fd);
	if (new >= 0)
		close(new);
	return locked;
}

/*
 * The new file that replaces RELAYHOST is not locked. A running flush has Maildir/new locked too, so that a second one
 * cannot begin; serialmail under setlock does not lock it, so this waits until it ends. *fd: the lock, if it was taken.
 */
static int lock_out_others(struct ctx *ctx, const struct conf *conf, const struct domain *d, const char *path, int *fd)
{
	char new[900], command[100], who[40];
	pid_t holder;
	int r = relayhost_lock(ctx, path, fd);

	if (r < 0)
		return -1;
	join(new, sizeof new, d->home, "/Maildir/new", NULL);
	if (r == 1 && (is_locked(ctx, new) || lock_retake(*fd, conf->uid, &holder) != 1))
		return 0;
	if (r == 1)
		r = lock_take(*fd, ctx->wait);
	if (r < 0)
		return err_sys(&ctx->err, "unable to lock %s%s", ctx->root, path);
	if (r == 0)
		return 0;
	holder = lock_holder(*fd);
	lock_command(holder, command, sizeof command);
	return err_temp(&ctx->err, "%s%s is locked by a program other than qv-flush (%s%s%s): try again when it has exited",
	                ctx->root, path, lock_named(*fd, who, sizeof who), *command != '\0' ? ": " : "", command);
}

static int plan_text_of(struct ctx *ctx, struct change *c, const char *path, const struct opt_list *hosts)
{
	struct buf text = BUF(8192), old = BUF(CONTROL_MAX);
	struct plan_seen seen;
	int r = domain_files_relayhost(&ctx->err, hosts, &text);

	if (r == 0)
		r = plan_slurp(ctx, &c->files, path, &old, &seen.st);
	seen.there = r == 0;
	if (r >= 0 && (old.len != text.len || memcmp(buf_text(&old), buf_text(&text), old.len) != 0))
		plan_file(&c->files, path, &(struct owner){0644, (uid_t)-1, (gid_t)-1}, &text, &seen);
	buf_free(&text);
	buf_free(&old);
	return r < 0 ? -1 : 0;
}

static int set(struct ctx *ctx, struct change *c, const struct domain *d, const struct opt_list *hosts)
{
	struct stat st;
	char path[900];
	int r, lock = -1;

	if (d->form != DOMAIN_DIALUP)
		return err_perm(&ctx->err, "%s is a %s domain; only a dial-up host has a RELAYHOST", d->name.text,
		                domain_word(d->form));
	join(path, sizeof path, d->home, "/RELAYHOST", NULL);
	r = fs_stat(ctx, path, &st);
	if (r == 0 && !ctx->dry_run)
		r = lock_out_others(ctx, &c->conf, d, path, &lock);
	if (r >= 0)
		r = plan_text_of(ctx, c, path, hosts);
	if (r == 0)
		r = change_apply(ctx, c, ROUTING_ADD, false);
	if (lock >= 0)
		close(lock);
	return r;
}

int domain_relayhost(struct ctx *ctx, const char *name, const struct opt_list *hosts)
{
	struct domain d;
	struct change c;
	int r = change_begin(ctx, &c);

	if (r == 0)
		r = change_domain(ctx, &c, name, &d);
	if (r == 0)
		r = set(ctx, &c, &d, hosts);
	change_end(&c);
	return r;
}
