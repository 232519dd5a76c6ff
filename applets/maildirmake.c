/* maildirmake - an empty Maildir, with the command line and the messages of qmail's maildirmake(1). */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "applet.h"
#include "lib/error_str.h"
#include "lib/packed.h"

static const char synopsis[] = "maildirmake name";

static int unable(struct ctx *ctx, const char *verb, const char *dir, const char *part)
{
	return err_temp(&ctx->err, "unable to %s %.900s%s: %s", verb, dir, part, error_str(errno));
}

static int make_parts(struct ctx *ctx, const char *dir, int fd)
{
	static const char *const parts[] = {"/tmp", "/new", "/cur"};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (mkdirat(fd, parts[i] + 1, 0700) < 0)
			return unable(ctx, "mkdir", dir, parts[i]);
	return 0;
}

static int maildirmake_main(struct ctx *ctx, int argc, char **argv)
{
	int fd, r;

	if (argc < 2) {
		ctx_info(ctx, "usage: %s", synopsis);
		return EXIT_PERM;
	}
	umask(077);
	if (mkdir(argv[1], 0700) < 0)
		return unable(ctx, "mkdir", argv[1], "");
	fd = open(argv[1], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return unable(ctx, "chdir to", argv[1], "");
	r = make_parts(ctx, argv[1], fd);
	close(fd);
	return r;
}

static const char help[] PACKED =
	"Makes the directory name with tmp, new and cur in it, all with mode 700 and\n"
	"owned by the user who runs it. Its parent must exist; the directory itself must\n"
	"not. Arguments after name are ignored, and name is never taken for an option.\n"
	"\n"
	"Exit codes: 0 done; 100 no name given; 111 not made, or not completely.\n"
	"\n"
	"Files:\n"
	"  name/tmp, name/new, name/cur\n"
	"\n"
	"Example:\n"
	"  $ maildirmake ~/Maildir\n";

const struct applet maildirmake_applet = {
	.name = "maildirmake",
	.dir = "var/qmail/bin",
	.synopsis = synopsis,
	.summary = "make an empty Maildir",
	.help = help,
	.main = maildirmake_main,
};
