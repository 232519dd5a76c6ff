/*
 * conf - the control files that our commands read, and who owns all mail.
 *
 * An input is the files of the table (qmail/control.c) that have a place in struct conf, then etc/passwd, with a byte 0xFF
 * between one and the next; an empty one is missing. They stand in a tree of their own below /tmp. Taken: each value has the
 * form that its users rely on; refused: by one line that names the file.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "lib/opt.h"
#include "qmail/conf.h"

static char root[] = "/tmp/fuzz-conf-XXXXXX";

static const char *const directories[] = {"var", "var/qmail", "var/qmail/control", "etc"};

static void put(struct ctx *ctx, const char *path, struct part *rest)
{
	struct part text = part_next(rest);
	int fd = -1;

	unlinkat(ctx->rootfd, path + 1, 0); /* to truncate it would make some file systems write it to the disk */
	if (text.n > 0)
		fd = openat(ctx->rootfd, path + 1, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	check(text.n == 0 || write(fd, text.p, text.n) == (ssize_t)text.n, "the file cannot be written");
	if (fd >= 0)
		close(fd);
	free(text.p);
}

static void clear(void)
{
	int fd = open(root, O_PATH | O_CLOEXEC);

	for (const struct control *k = controls; k->path != NULL; k++)
		unlinkat(fd, k->path + 1, 0);
	unlinkat(fd, "etc/passwd", 0);
	for (size_t i = sizeof directories / sizeof *directories; i > 0; i--)
		unlinkat(fd, directories[i - 1], AT_REMOVEDIR);
	close(fd);
	rmdir(root);
}

static void prepare(struct ctx *ctx)
{
	check(mkdtemp(root) != NULL && ctx_open(ctx, root) == 0, "no tree");
	atexit(clear);
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		check(mkdirat(ctx->rootfd, directories[i], 0700) == 0, "no directory");
}

static void check_value(const struct conf *c, const struct control *k)
{
	const char *text = (const char *)c + k->to;
	long number;

	if (k->kind == CONTROL_NUMBER || k->kind == CONTROL_SECONDS) {
		memcpy(&number, text, sizeof number);
		check(number >= 0 && number <= (k->kind == CONTROL_NUMBER ? INT_MAX : OPT_SECONDS_MAX * 1000L), "a number beyond all measure");
		return;
	}
	check(memchr(text, '\0', k->size) != NULL && strchr(text, '\n') == NULL, "a value of more than a line");
	check(k->kind != CONTROL_DIR || (*text == '/' && strlen(text) > 1 && strstr(text, "/..") == NULL && strchr(text, ':') == NULL), "a directory that is none");
	check(k->fallback == NULL || *text != '\0', "nothing, where there is a fallback");
}

static void check_error(const struct ctx *ctx)
{
	check(ctx->err.code == EXIT_PERM && strncmp(ctx->err.text, root, strlen(root)) == 0, "refused without saying where");
	check(strchr(ctx->err.text, '\n') == NULL, "refused in more than a line");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ctx ctx = {.applet = "fuzz"};
	struct part in = part_of(data, size), rest = in;
	struct conf conf;

	if (ctx.root == NULL)
		prepare(&ctx);
	ctx.err = (struct err){0};
	for (const struct control *k = controls; k->path != NULL; k++)
		if (k->size > 0)
			put(&ctx, k->path, &rest);
	put(&ctx, "/etc/passwd", &rest);
	free(in.p);
	if (conf_load(&ctx, &conf) < 0) {
		check_error(&ctx);
		return 0;
	}
	for (const struct control *k = controls; k->path != NULL; k++)
		if (k->size > 0)
			check_value(&conf, k);
	check(strchr(conf.bounces_to, '@') != NULL, "bounces to no address");
	if (conf_popuser(&ctx, &conf) < 0)
		check_error(&ctx);
	else
		check(conf.uid > 0 && conf.uid <= INT_MAX, "mail that root owns");
	return 0;
}
