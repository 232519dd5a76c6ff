/*
 * opt - options from a table, in any place of the command line, "--" ends them.
 *
 *	const char *id = NULL;
 *	int force = 0;
 *	const struct opt options[] = {
 *		{'f', "force", OPT_FLAG, &force},
 *		{0, "id", OPT_STRING, &id},
 *		{0},
 *	};
 *
 *	if (opt_parse(&ctx->err, synopsis, tables, &argc, argv) < 0)
 *		return -1;
 *
 * Accepts "-fg", "-t5", "-t 5", "--id=x", "--id x". Afterwards argv[1..argc-1] are the arguments that are not options,
 * in their order.
 */
#ifndef LIB_OPT_H
#define LIB_OPT_H

#include <stdint.h>

#include "lib/err.h"

enum opt_kind {
	OPT_FLAG,   /* int: counts how often it was given */
	OPT_STRING, /* const char *: the last one wins */
	OPT_NUMBER, /* long: decimal, 0 or more */
	OPT_COUNT,  /* long: decimal, 1 or more */
	OPT_SECONDS, /* long: milliseconds, given as seconds with up to three decimals */
	OPT_LIST,   /* struct opt_list: all of them, in order */
};

struct opt_list {
	const char *item[16];
	int n;
};

struct opt {
	char brief;
	const char *name;
	enum opt_kind kind;
	void *value;
};

/* Up to three tables, searched in order; NULL: none. Returns 0, or -1 with a usage error. */
struct opt_tables {
	const struct opt *t[3];
};

int opt_parse(struct err *e, const char *synopsis, const struct opt_tables *tables, int *argc, char **argv);

/* The same, but the first argument that is not an option ends them, as in "setlock -n FILE PROGRAM -x". */
int opt_parse_leading(struct err *e, const char *synopsis, const struct opt_tables *tables, int *argc, char **argv);

/* Decimal digits only, up to max: 0, or -1. */
int opt_number(const char *s, long max, long *value);

/* "2", "0.1": seconds, up to OPT_SECONDS_MAX, as milliseconds: 0, or -1. */
enum { OPT_SECONDS_MAX = INT32_MAX / 1000 };

int opt_seconds(const char *s, long *milliseconds);

#endif
