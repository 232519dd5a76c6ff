/*
 * qv-auth - log in to a POP box: D. J. Bernstein's checkpassword interface.
 *
 * The caller (qmail-popup, dovecot) writes user, password and timestamp to descriptor 3. On success this process becomes
 * the caller's program as popusr, in the mailbox. The directory is entered as popusr, so that no symlink of popusr is
 * followed as root.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "box/credentials.h"
#include "box/login.h"
#include "box/password.h"
#include "lib/fs.h"
#include "lib/packed.h"
#include "lib/verb.h"

static const char synopsis[] = "qv-auth PROG [ARG]...";

enum { INPUT = 3 };

enum { REFUSED = 1, MISUSE = 2 };

struct input {
	char bytes[CREDENTIALS_MAX + 1];
	size_t n;
	struct credentials says;
};

static int misuse(struct ctx *ctx, const char *why)
{
	err_perm(&ctx->err, "%s; qv-auth is meant to be run by a program such as qmail-popup", why);
	ctx->err.code = MISUSE;
	return -1;
}

/* The error is not the user's: the caller is told to try again later. */
static int temporary(struct ctx *ctx)
{
	ctx->err.code = EXIT_TEMP;
	return -1;
}

static int read_input(struct ctx *ctx, struct input *in)
{
	ssize_t n;

	do {
		n = read(INPUT, in->bytes + in->n, sizeof in->bytes - in->n);
		if (n > 0)
			in->n += (size_t)n;
	} while (in->n < sizeof in->bytes && (n > 0 || (n < 0 && errno == EINTR)));
	if (n < 0 && (errno == EBADF || errno == EISDIR))
		return misuse(ctx, "descriptor 3 cannot be read");
	if (n < 0)
		return err_temp(&ctx->err, "unable to read descriptor 3: %s", strerror(errno));
	close(INPUT);
	return in->n <= CREDENTIALS_MAX ? 0 : misuse(ctx, "more than 512 bytes on descriptor 3");
}

static int unable(struct ctx *ctx, const char *verb, const char *what)
{
	return err_temp(&ctx->err, "unable to %s %s: %s", verb, what, strerror(errno));
}

/*
 * A mailbox outside the POP tree belongs to the user as whom mail is delivered into it: log in as the owner of its
 * directory, never as root.
 */
static int find_owner(struct ctx *ctx, const struct box *box, struct conf *conf)
{
	size_t n = strlen(conf->popmail);
	struct stat st;

	if (strncmp(box->path, conf->popmail, n) == 0 && box->path[n] == '/')
		return 0;
	if (fs_stat(ctx, box->path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid == 0)
		return err_temp(&ctx->err, "%s%s is not a directory that belongs to a user other than root", ctx->root, box->path);
	conf->uid = st.st_uid;
	conf->gid = st.st_gid;
	return 0;
}

static int enter(struct ctx *ctx, const struct box *box)
{
	int fd = fs_dir(ctx, box->path);
	int r = fd < 0 ? -1 : fchdir(fd);

	if (fd >= 0 && r < 0)
		unable(ctx, "enter", box->path);
	if (fd >= 0)
		close(fd);
	return r;
}

/* Popusr has no shell: a program that can be made to start $SHELL gets none. */
static int set_environment(struct ctx *ctx, const struct box *box)
{
	char home[PATH_MAX + sizeof box->path];

	snprintf(home, sizeof home, "%.*s%s", PATH_MAX - 1, ctx->root, box->path);
	if (setenv("USER", box->name, 1) < 0 || setenv("HOME", home, 1) < 0 || setenv("SHELL", "/bin/false", 1) < 0)
		return err_temp(&ctx->err, "out of memory");
	return 0;
}

static int check(struct ctx *ctx, const struct conf *conf, const struct input *in, struct box *box)
{
	if (strlen(in->says.password) > PASSWORD_MAX)
		return REFUSED;
	return login_check(ctx, conf, in->says.user, in->says.password, box);
}

static int run(struct ctx *ctx, struct conf *conf, const struct box *box, char **program)
{
	if (find_owner(ctx, box, conf) < 0)
		return -1;
	if (conf_become(conf) < 0)
		return unable(ctx, "become", conf->popuser);
	if (enter(ctx, box) < 0 || set_environment(ctx, box) < 0)
		return -1;
	execvp(program[0], program);
	return unable(ctx, "run", program[0]);
}

static int auth(struct ctx *ctx, struct input *in, char **program)
{
	struct conf conf;
	struct box box;
	int r;

	if (credentials_parse(in->bytes, in->n, &in->says) < 0)
		return misuse(ctx, "expected USER NUL PASSWORD NUL on descriptor 3");
	if (conf_load(ctx, &conf) < 0 || conf_popuser(ctx, &conf) < 0)
		return temporary(ctx);
	r = check(ctx, &conf, in, &box);
	explicit_bzero(in, sizeof *in);
	if (r == 0)
		r = run(ctx, &conf, &box, program);
	return r < 0 ? temporary(ctx) : r;
}

static int options(struct ctx *ctx, int *argc, char **argv)
{
	if (common_options_leading(ctx, synopsis, NULL, argc, argv) < 0) {
		ctx->err.code = MISUSE;
		return -1;
	}
	return *argc > 1 ? 0 : misuse(ctx, "expected PROG");
}

/* Descriptor 3 is read before anything is opened that could take its place. */
static int auth_main(struct ctx *ctx, int argc, char **argv)
{
	struct input in = {0};
	int r = read_input(ctx, &in);

	if (r == 0)
		r = options(ctx, &argc, argv);
	if (r == 0)
		r = auth(ctx, &in, argv + 1);
	explicit_bzero(&in, sizeof in);
	return r;
}

static const char help[] PACKED =
	"Reads USER NUL PASSWORD NUL TIMESTAMP NUL from descriptor 3, at most 512 bytes.\n"
	"If the password of that user's mailbox matches, runs PROG as popusr in the\n"
	"mailbox's directory with USER (the mailbox), HOME (its directory) and SHELL\n"
	"set; the rest of the environment is kept. In a mailbox outside /home/popmail\n"
	"(qv-domain adopt) PROG runs as the owner of that mailbox.\n"
	"\n"
	"USER is the name of a mailbox (ex1-0001), or an address whose own .qmail file\n"
	"delivers into that mailbox and no other. qv-mailbox passwd sets passwords. An\n"
	"unknown user takes as long to refuse as a wrong password.\n"
	"\n"
	"Exit codes: PROG's own; 1 refused; 2 misuse; 111 temporary error.\n"
	"\n"
	"Environment: USER, HOME and SHELL are set for PROG; QVMAIL_ROOT: as --root.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/users/qv-passwd.cdb    made by qv-mailbox, readable only by root\n"
	"  /home/popmail/H/HANDLE/POP/BOX    a mailbox\n"
	"\n"
	"Example:\n"
	"  # tcpserver -R 0 110 qmail-popup pop.example.net qv-auth qmail-pop3d .\n";

const struct applet auth_applet = {
	.name = "qv-auth",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "log in to a POP mailbox and run a program there (checkpassword)",
	.help = help,
	.main = auth_main,
	.runs_program = true,
};
