/*
 * verb - the words inside an applet ("add", "del"), in the shape of applets one level up.
 *
 *	static const struct verb verbs[] = {
 *		{"list", "qv-domain list [-j]", list},
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
	const char *synopsis;
	int (*run)(struct ctx *ctx, const struct verb *verb, int argc, char **argv);
};

/*
 * Common options may stand before the verb; argv[0] of the verb's run is its name. Of a verb that has verbs of its own
 * ("add pop"), verb_run_below() says which one it is.
 */
int verb_run(struct ctx *ctx, const struct verb *verbs, int argc, char **argv);
int verb_run_below(struct ctx *ctx, const struct verb *above, const struct verb *verbs, int argc, char **argv);

/*
 * The options that every administrative applet takes (-R -n -j -w -q -v), together with its own
 * (NULL: none), into ctx; opens the root. The tree comes from --root, else from $QVMAIL_ROOT.
 */
int common_options(struct ctx *ctx, const char *synopsis, const struct opt *own, int *argc, char **argv);

/* The same without any of its own, and only those before the first argument: the others are for the program that it names. */
int common_options_leading(struct ctx *ctx, const char *synopsis, int *argc, char **argv);

#endif
