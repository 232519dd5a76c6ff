/*
 * verb - the verbs of an applet ("add", "del"), described like applets.
 *
 *	static const struct verb verbs[] = {
 *		{.name = "add", .below = kinds},
 *		{.name = "list", .synopsis = "qv-domain list [-j]", .run = list, .help = "  list        print a line ...\n"},
 *		{0},
 *	};
 *
 *	return verb_run(ctx, verbs, argc, argv);
 */
#ifndef LIB_VERB_H
#define LIB_VERB_H

#include "lib/ctx.h"
#include "lib/opt.h"

struct verb {
	const char *name;
	const char *synopsis; /* with the applet's name; one line a form */
	int (*run)(struct ctx *ctx, const struct verb *verb, int argc, char **argv);
	const char *help;     /* its lines in --help; the name begins in column 3, its options in column 5 */
	const struct verb *below; /* the verbs of this one ("add" has "pop", "relay", ...), in place of run; NULL: none */
};

/*
 * Run the verb that argv[1] names, or the one below it that argv[2] names. Common options may precede each of these
 * words; argv[0] of the verb's run is its name.
 */
int verb_run(struct ctx *ctx, const struct verb *verbs, int argc, char **argv);

/* The verb, or the one below it, that the words of argv name; NULL: none. Other words are skipped. */
const struct verb *verb_named(const struct verb *verbs, int argc, char **argv);

/* Call f for each verb that can be run, in the order of the table. verbs: NULL for none. */
void verb_each(const struct verb *verbs, void (*f)(const struct verb *verb, void *arg), void *arg);

/*
 * Parse the options of every administrative applet (-R -n -j -w -q -v) and its own (NULL: none) into ctx, and open the
 * root, which is --root, else $QVMAIL_ROOT.
 */
int common_options(struct ctx *ctx, const char *synopsis, const struct opt *own, int *argc, char **argv);

/* The same up to the first argument: later ones belong to the program that it names. */
int common_options_leading(struct ctx *ctx, const char *synopsis, const struct opt *own, int *argc, char **argv);

#endif
