/*
 * qvmail - one binary, many names: runs the applet it is called by.
 *
 * It selects the applet by argv, prints the one error line of an applet that returns -1, and exits with the code of that
 * error. Code below neither prints errors of its own nor exits.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "lib/guess.h"
#include "lib/help.h"
#include "lib/links.h"
#include "lib/log.h"
#include "lib/opt.h"
#include "lib/packed.h"
#include "shell/completion.h"

/* make APPLETS="flush master": those alone. */
static const struct applet *const applets[] = {
#ifdef ONLY
	ONLY
#else
	&domain_applet,    &mailbox_applet,       &newu_applet,         &newmrh_applet,     &hup_applet,
	&flush_applet,     &master_applet,        &status_applet,       &trigger_applet,    &route_applet,      &check_applet,
	&auth_applet,      &rcpt_applet,
	&maildirmake_applet, &maildirserial_applet, &maildirsmtp_applet, &serialsmtp_applet, &setlock_applet,
	&qmail_newu_applet, &qmail_newmrh_applet,
#endif
};

#define APPLETS (sizeof applets / sizeof *applets)

static const char forms[] =
	"qvmail [APPLET [ARGUMENT]...]\n"
	"qvmail help [APPLET [VERB]...]\n"
	"qvmail --list | --list-full | --version | --help\n"
	"qvmail --install [-s] [--compat] [DIR]\n"
	"qvmail --completion bash";

static const char *const words[] = {"--install", "--list", "--list-full", "--version", "--help", "--completion", "help"};

static const char more[] PACKED =
	"  help APPLET [VERB] same as APPLET [VERB] --help\n"
	"  help, -h, --help   print this text\n"
	"  --list             print the names of the applets, one a line\n"
	"  --list-full        print where each is installed (usr/sbin/qv-domain)\n"
	"  --version          print name and version\n"
	"  --install          make hard links to this file for all applets, in DIR or in\n"
	"                     the directories of --list-full\n"
	"  -s                 ... symbolic links to where this file is now: an image for\n"
	"                     another machine wants make install DESTDIR= instead\n"
	"  --compat           ... also for names that other packages own\n"
	"  --completion bash  print a completion script for bash\n"
	"\n"
	"Exit codes: those of APPLET; 1 --install could not make every link; 100 misuse;\n"
	"127 no such applet.\n"
	"\n"
	"Environment: QVMAIL_ROOT: the tree to work on, as --root of the applets.\n"
	"\n"
	"Files:\n"
	"  /var/qmail/control, /var/qmail/users     qmail's configuration\n"
	"  /var/qmail/control/qv-*                  qvmail's settings, one value each\n"
	"  /home/popmail, /home/serialmail          POP mailboxes; mail for dial-up hosts\n"
	"\n"
	"Example:\n"
	"  # qvmail --install -s\n"
	"  # qvmail domain add pop example.com ex1\n";

static bool is_compat(const struct applet *a)
{
	return strncmp(a->name, "qv-", 3) != 0;
}

static const struct applet *find(const char *name, bool short_too)
{
	for (size_t i = 0; i < APPLETS; i++) {
		if (strcmp(applets[i]->name, name) == 0)
			return applets[i];
		if (short_too && !is_compat(applets[i]) && strcmp(applets[i]->name + 3, name) == 0)
			return applets[i];
	}
	return NULL;
}

static void print_applet_help(const struct applet *a)
{
	printf("%s - %s\n\n", a->name, a->summary);
	help_usage(a->synopsis, a->verbs);
	putchar('\n');
	help_verbs(a->verbs);
	printf("%s%s", a->verbs != NULL ? "\n" : "", a->help);
	if (!is_compat(a))
		printf("\n%s", help_options);
	if (strstr(a->help, "\nExit codes: ") == NULL)
		printf("\n%s", help_exits);
}

/* argv: the applet's name, and the words that may name a verb. */
static void print_help(const struct applet *a, int argc, char **argv)
{
	const struct verb *verb = verb_named(a->verbs, argc, argv);

	packed_unpack();
	if (verb != NULL)
		help_verb(a->name, verb);
	else
		print_applet_help(a);
}

static bool is_help(const char *arg)
{
	return strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0;
}

/* Most of qvmail's own commands accept --help anywhere. A compatibility name has its own -h and help, or passes them on. */
static bool asks_for_help(const struct applet *a, int argc, char **argv)
{
	int last = (is_compat(a) || a->runs_program) && argc > 2 ? 2 : argc;

	if (!is_compat(a) && argc == 2 && strcmp(argv[1], "help") == 0)
		return true;
	for (int i = 1; i < last && strcmp(argv[i], "--") != 0; i++)
		if (is_compat(a) ? strcmp(argv[i], "--help") == 0 : is_help(argv[i]))
			return true;
	return false;
}

/* Exit code of a listing: output that could not be written is an error. */
static int finish_output(struct ctx *ctx)
{
	bool failed = ferror(stdout) != 0; /* an earlier write failed; its errno is lost */

	if (fflush(stdout) == 0 && !failed)
		return 0;
	if (failed)
		err_temp(&ctx->err, "unable to write the output");
	else
		err_sys(&ctx->err, "unable to write the output");
	ctx_fatal(ctx);
	return EXIT_TEMP;
}

/* The exit code of r. */
static int said(struct ctx *ctx, int r)
{
	return r >= 0 ? r : ctx_fatal(ctx);
}

static int run(const struct applet *a, int argc, char **argv)
{
	struct ctx ctx = {.applet = a->name, .wait = 10, .mute = log_is_client()};
	int r, written;

	if (asks_for_help(a, argc, argv)) {
		print_help(a, argc, argv);
		return finish_output(&ctx);
	}
	r = a->main(&ctx, argc, argv);
	if (r < 0) { /* the first failure is the one to tell of */
		fflush(stdout);
		return said(&ctx, r);
	}
	written = finish_output(&ctx);
	return r != 0 ? r : written;
}

static int usage(struct ctx *ctx)
{
	packed_unpack();
	printf("qvmail %s: domains, POP mailboxes and dial-up delivery of a qmail gateway\n\n",
	       QVMAIL_VERSION);
	help_usage(forms, NULL);
	printf("\nAPPLET is one of these; \"qv-\" may be omitted:\n");
	for (size_t i = 0; i < APPLETS; i++)
		printf("  %-14s %s\n", applets[i]->name, applets[i]->summary);
	printf("\n%s", more);
	return finish_output(ctx);
}

static int list(struct ctx *ctx, bool full)
{
	for (size_t i = 0; i < APPLETS; i++)
		printf("%s%s%s\n", full ? applets[i]->dir : "", full ? "/" : "", applets[i]->name);
	return finish_output(ctx);
}

static int install(struct ctx *ctx, int argc, char **argv)
{
	static const char form[] = "qvmail --install [-s] [--compat] [DIR]";
	char self[PATH_MAX], path[PATH_MAX];
	int symbolic = 0, compat = 0, failed = 0, r;
	const char *dir, *spoilt = "";
	const struct opt options[] = {
		{'s', NULL, OPT_FLAG, &symbolic},
		{0, "compat", OPT_FLAG, &compat},
		{0},
	};

	if (opt_parse(&ctx->err, form, &(struct opt_tables){{options}}, &argc, argv) < 0)
		return -1;
	if (argc > 2)
		return err_usage(&ctx->err, form, "expected at most one DIR");
	if (links_self(&ctx->err, argv[0], self, sizeof self) < 0 || (argc > 1 && links_dir(&ctx->err, argv[1]) < 0))
		return -1;
	for (size_t i = 0; i < APPLETS; i++) {
		dir = argc > 1 ? argv[1] : applets[i]->dir;
		if ((is_compat(applets[i]) && !compat) || strcmp(dir, spoilt) == 0)
			continue;
		snprintf(path, sizeof path, "%s%s/%s", argc > 1 ? "" : "/", dir, applets[i]->name);
		r = links_make(&ctx->err, self, path, symbolic > 0);
		if (r == 0)
			continue;
		if (r == -2)
			spoilt = dir;
		ctx_fatal(ctx);
		failed = 1;
	}
	return failed;
}

static void complete_verb(const struct verb *verb, void *none)
{
	(void)none;
	completion_forms(verb->synopsis, false);
}

/* ash and dash complete file names only and cannot be scripted. */
static int completion(struct ctx *ctx, int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "bash") != 0)
		return err_usage(&ctx->err, "qvmail --completion bash", "expected bash, the only shell with completion");
	packed_unpack();
	completion_begin(QVMAIL_VERSION);
	completion_forms(forms, false);
	for (size_t i = 0; i < APPLETS; i++) {
		if (applets[i]->synopsis != NULL)
			completion_forms(applets[i]->synopsis, is_compat(applets[i]));
		verb_each(applets[i]->verbs, complete_verb, NULL);
		completion_options(applets[i]->name, applets[i]->help, is_compat(applets[i]));
	}
	completion_options("qv-*", help_options, false);
	completion_end();
	printf("complete -F _qvmail qvmail");
	for (size_t i = 0; i < APPLETS; i++)
		printf(" %s", applets[i]->name);
	putchar('\n');
	return finish_output(ctx);
}

/* typed: after qvmail, where qv- may be omitted and options are known; else argv[0] is this name. */
static int not_found(struct ctx *ctx, const char *name, bool typed)
{
	struct guess g = {.typed = name};
	const char *hint;

	for (size_t i = 0; i < APPLETS; i++) {
		guess_offer(&g, applets[i]->name);
		if (typed && !is_compat(applets[i]))
			guess_offer(&g, applets[i]->name + 3);
	}
	for (size_t i = 0; typed && i < sizeof words / sizeof *words; i++)
		guess_offer(&g, words[i]);
	hint = guess_hint(&g, "");
	ctx_info(ctx, "%s: applet not found%s", name, *hint == '\0' && *name == '-' ? "; see qvmail --help" : hint);
	return EXIT_NO_APPLET;
}

/* argv[1]: an applet's name, if any; what stands behind it is a verb of it. */
static int help(struct ctx *ctx, int argc, char **argv)
{
	const struct applet *a = argc > 1 ? find(argv[1], true) : NULL;

	if (argc < 2)
		return usage(ctx);
	if (a == NULL)
		return not_found(ctx, argv[1], true);
	print_help(a, argc - 1, argv + 1);
	return finish_output(ctx);
}

static int multiplex(int argc, char **argv)
{
	struct ctx ctx = {.applet = "qvmail", .mute = log_is_client()};
	const struct applet *a;

	if (argc < 2 || is_help(argv[1]))
		return usage(&ctx);
	if (strcmp(argv[1], "help") == 0)
		return help(&ctx, argc - 1, argv + 1);
	if (strcmp(argv[1], "--version") == 0) {
		printf("qvmail %s\n", QVMAIL_VERSION);
		return finish_output(&ctx);
	}
	if (strcmp(argv[1], "--list") == 0 || strcmp(argv[1], "--list-full") == 0)
		return list(&ctx, argv[1][6] != '\0');
	if (strcmp(argv[1], "--completion") == 0)
		return said(&ctx, completion(&ctx, argc - 1, argv + 1));
	if (strcmp(argv[1], "--install") == 0) {
		argv[1] = argv[0];
		return said(&ctx, install(&ctx, argc - 1, argv + 1));
	}
	a = find(argv[1], true);
	return a != NULL ? run(a, argc - 1, argv + 1) : not_found(&ctx, argv[1], true);
}

/*
 * A file opened later must never become descriptor 1 or 2: messages would be written into it. What takes a closed one's
 * place is neither read nor written (EBADF), as a closed one is not: a list that nobody gets is no success.
 */
static void open_standard_fds(void)
{
	int fd;

	do
		fd = open("/", O_PATH);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

/* The write that is over the limit fails with EFBIG then. Not SIG_IGN, which programs that are run would inherit. */
static void on_too_large(int sig)
{
	(void)sig;
}

int main(int argc, char **argv)
{
	static char qvmail[] = "qvmail", *nothing[] = {qvmail, NULL};
	struct ctx ctx = {.applet = "qvmail", .mute = log_is_client()};
	const char *name;
	const struct applet *a;

	open_standard_fds();
	signal(SIGCHLD, SIG_DFL); /* if the parent ignored it, waiting for our children would fail */
	signal(SIGXFSZ, on_too_large);
	if (argc < 1) /* execve(2) allows it */
		return multiplex(1, nothing);
	name = strrchr(argv[0], '/');
	name = name != NULL ? name + 1 : argv[0];
	if (strncmp(name, "qvmail", 6) == 0)
		return multiplex(argc, argv);
	a = find(name, false);
	return a != NULL ? run(a, argc, argv) : not_found(&ctx, name, false);
}
