/*
 * verb - the words inside an applet ("add", "del"), in the shape of applets one level up.
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
	const struct verb *below; /* "add" has the verbs "pop", "relay", ... and nothing else; NULL: none */
};

/*
 * Run the verb that argv[1] names, or the one below it that argv[2] names. Common options may stand before each of
 * these words; argv[0] of the verb's run is its name.
 */
int verb_run(struct ctx *ctx, const struct verb *verbs, int argc, char **argv);

/* The verb, or the one below it, that the words of argv name; NULL: none. Other words are passed over. */
const struct verb *verb_named(const struct verb *verbs, int argc, char **argv);

/* Call f for each verb that can be run, in the order of the table. verbs: NULL for none. */
void verb_each(const struct verb *verbs, void (*f)(const struct verb *verb, void *arg), void *arg);

/*
 * The options that every administrative applet takes (-R -n -j -w -q -v), together with its own
 * (NULL: none), into ctx; opens the root. The tree comes from --root, else from $QVMAIL_ROOT.
 */
int common_options(struct ctx *ctx, const char *synopsis, const struct opt *own, int *argc, char **argv);

/* The same without any of its own, and only those before the first argument: the others are for the program that it names. */
int common_options_leading(struct ctx *ctx, const char *synopsis, int *argc, char **argv);

#endif
