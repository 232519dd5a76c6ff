/*
 * setlock - run a program with a file locked, with the command line and the messages of daemontools' setlock(8).
 *
 * The lock is a flock(2) on a descriptor that the program inherits: it lasts until the program, and every process that
 * inherited the descriptor from it, has ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "applet.h"
#include "lib/error_str.h"
#include "lib/packed.h"

static const char synopsis[] = "setlock [ -nNxX ] file program [ arg ... ]";

struct wish {
	bool dont_wait;
	bool say_nothing;
};

/* False: unknown option. */
static bool take(struct wish *w, char c)
{
	if (c == 'n' || c == 'N')
		w->dont_wait = c == 'n';
	else if (c == 'x' || c == 'X')
		w->say_nothing = c == 'x';
	else
		return false;
	return true;
}

/* Index of the first argument that is not an option, or -1. Later arguments belong to the program. */
static int options(struct wish *w, char **argv)
{
	int i = 1;

	for (; argv[i] != NULL && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (argv[i][1] == '-')
			return i + 1;
		for (const char *c = argv[i] + 1; *c != '\0'; c++)
			if (!take(w, *c))
				return -1;
	}
	return i;
}

static int unable(struct ctx *ctx, const char *verb, const char *what)
{
	return err_temp(&ctx->err, "unable to %s %.900s: %s", verb, what, error_str(errno));
}

/* Without close-on-exec: the program must inherit it. */
static int lock(struct ctx *ctx, const struct wish *w, const char *file)
{
	int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0600);

	if (fd < 0)
		return unable(ctx, "open", file);
	if (flock(fd, LOCK_EX | (w->dont_wait ? LOCK_NB : 0)) < 0)
		return unable(ctx, "lock", file);
	return 0;
}

static int setlock_main(struct ctx *ctx, int argc, char **argv)
{
	struct wish w = {0};
	int i = options(&w, argv);

	if (i < 0 || argc < i + 2) {
		ctx_info(ctx, "usage: %s", synopsis);
		return EXIT_PERM;
	}
	if (lock(ctx, &w, argv[i]) < 0)
		return w.say_nothing ? 0 : -1;
	execvp(argv[i + 1], argv + i + 1);
	return unable(ctx, "run", argv[i + 1]);
}

static const char help[] PACKED =
	"Opens file for writing, creates it if it does not exist (mode 600), locks it\n"
	"exclusively as flock(1) and serialmail do, and runs program in its place. The\n"
	"lock is released when program ends.\n"
	"\n"
	"  -n  do not wait: give up if another process holds the lock\n"
	"  -N  wait (default)\n"
	"  -x  if file cannot be opened or locked, exit 0 and print nothing\n"
	"  -X  in that case print an error and exit 111 (default)\n"
	"\n"
	"Options end at file; of two that contradict each other the last one is used.\n"
	"\n"
	"Exit codes: program's own; 100 misuse; 111 file or program could not be used.\n"
	"\n"
	"Files:\n"
	"  file          is kept, empty or unchanged\n"
	"\n"
	"Example:\n"
	"  # setlock -nx /home/serialmail/some.example.com/RELAYHOST true\n";

const struct applet setlock_applet = {
	.name = "setlock",
	.dir = "usr/bin",
	.synopsis = synopsis,
	.summary = "run a program with a file locked",
	.help = help,
	.main = setlock_main,
};
