/* opt - options from a table, in any place of the command line. */
#include "lib/opt.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/guess.h"

struct parser {
	struct err *e;
	const char *synopsis;
	const struct opt_tables *tables;
	int argc, at;
	char **argv;
	char given[64]; /* the current option as typed */
};

static const struct opt *find(const struct parser *p, char brief, const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof p->tables->t / sizeof *p->tables->t; i++)
		for (const struct opt *o = p->tables->t[i]; o != NULL && (o->brief || o->name); o++) {
			if (name == NULL && o->brief == brief)
				return o;
			if (name != NULL && o->name != NULL && strncmp(o->name, name, n) == 0 && o->name[n] == '\0')
				return o;
		}
	return NULL;
}

/* typed: the option without its dashes, n bytes of it. */
static int unknown(struct parser *p, const char *typed, size_t n)
{
	char word[sizeof p->given];
	struct guess g = {.typed = word};

	snprintf(word, sizeof word, "%.*s", (int)n, typed);
	for (size_t i = 0; n > 1 && i < sizeof p->tables->t / sizeof *p->tables->t; i++)
		for (const struct opt *o = p->tables->t[i]; o != NULL && (o->brief || o->name); o++)
			if (o->name != NULL)
				guess_offer(&g, o->name);
	return err_usage(p->e, p->synopsis, "unknown option %s%s", p->given, guess_hint(&g, "--"));
}

int opt_number(const char *s, long max, long *value)
{
	long v = 0;

	if (*s == '\0')
		return -1;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || v > (max - (*s - '0')) / 10)
			return -1;
		v = v * 10 + (*s - '0');
	}
	*value = v;
	return 0;
}

int opt_seconds(const char *s, long *milliseconds)
{
	int decimals = -1; /* the point has not come */
	const char *p = s;
	int64_t v = 0;

	for (; *p != '\0'; p++) {
		if (*p == '.' && decimals < 0 && p > s) {
			decimals = 0;
			continue;
		}
		if (*p < '0' || *p > '9' || decimals == 3 || v > INT32_MAX)
			return -1;
		v = v * 10 + (*p - '0');
		decimals += decimals >= 0;
	}
	if (p == s || decimals == 0)
		return -1;
	for (decimals = decimals < 0 ? 0 : decimals; decimals < 3; decimals++)
		v *= 10;
	if (v > OPT_SECONDS_MAX * INT64_C(1000))
		return -1;
	*milliseconds = (long)v;
	return 0;
}

static int store_seconds(struct parser *p, const struct opt *o, const char *value)
{
	if (opt_seconds(value, o->value) == 0)
		return 0;
	return err_usage(p->e, p->synopsis, "%s: \"%.300s\" is not a number of seconds from 0 to %d, such as 2 or 0.1", p->given,
	                 value, OPT_SECONDS_MAX);
}

static int store_number(struct parser *p, const struct opt *o, const char *value)
{
	long least = o->kind == OPT_COUNT ? 1 : 0, n;

	if (opt_number(value, INT_MAX, &n) < 0 || n < least)
		return err_usage(p->e, p->synopsis, "%s: \"%.300s\" is not a number from %ld to %d", p->given, value, least,
		                 INT_MAX);
	*(long *)o->value = n;
	return 0;
}

static int store(struct parser *p, const struct opt *o, const char *value)
{
	struct opt_list *list = o->value;

	switch (o->kind) {
	case OPT_FLAG:
		++*(int *)o->value;
		return 0;
	case OPT_STRING:
		*(const char **)o->value = value;
		return 0;
	case OPT_NUMBER:
	case OPT_COUNT:
		return store_number(p, o, value);
	case OPT_SECONDS:
		return store_seconds(p, o, value);
	case OPT_LIST:
		if ((size_t)list->n == sizeof list->item / sizeof *list->item)
			return err_usage(p->e, p->synopsis, "%s is given too many times", p->given);
		list->item[list->n++] = value;
		return 0;
	}
	return -1;
}

static int parse_long(struct parser *p, const char *arg)
{
	size_t n = strcspn(arg, "=");
	const struct opt *o = find(p, 0, arg, n);

	snprintf(p->given, sizeof p->given, "--%.*s", (int)n, arg);
	if (o == NULL)
		return unknown(p, arg, n);
	if (o->kind == OPT_FLAG && arg[n] == '=')
		return err_usage(p->e, p->synopsis, "%s takes no value", p->given);
	if (o->kind == OPT_FLAG || arg[n] == '=')
		return store(p, o, arg + n + 1);
	if (p->at == p->argc)
		return err_usage(p->e, p->synopsis, "%s needs a value", p->given);
	return store(p, o, p->argv[p->at++]);
}

static int parse_brief(struct parser *p, const char *arg)
{
	const char *all = arg; /* -json may mean --json */
	const struct opt *o;

	for (; *arg != '\0'; arg++) {
		o = find(p, *arg, NULL, 0);
		snprintf(p->given, sizeof p->given, "-%c", *arg);
		if (o == NULL)
			return unknown(p, all, strcspn(all, "="));
		if (o->kind == OPT_FLAG) {
			if (store(p, o, NULL) < 0)
				return -1;
			continue;
		}
		if (arg[1] != '\0')
			return store(p, o, arg + 1);
		if (p->at == p->argc)
			return err_usage(p->e, p->synopsis, "%s needs a value", p->given);
		return store(p, o, p->argv[p->at++]);
	}
	return 0;
}

static int parse(struct parser *p, int *argc, bool leading)
{
	int kept = 1, r;
	char *arg;

	for (p->at = 1; p->at < p->argc;) {
		arg = p->argv[p->at++];
		if (strcmp(arg, "--") == 0)
			break;
		if (arg[0] != '-' || arg[1] == '\0') {
			p->argv[kept++] = arg;
			if (leading)
				break;
			continue;
		}
		r = arg[1] == '-' ? parse_long(p, arg + 2) : parse_brief(p, arg + 1);
		if (r < 0)
			return -1;
	}
	while (p->at < p->argc)
		p->argv[kept++] = p->argv[p->at++];
	p->argv[kept] = NULL;
	*argc = kept;
	return 0;
}

int opt_parse(struct err *e, const char *synopsis, const struct opt_tables *tables, int *argc, char **argv)
{
	struct parser p = {.e = e, .synopsis = synopsis, .tables = tables, .argc = *argc, .argv = argv};

	return parse(&p, argc, false);
}

int opt_parse_leading(struct err *e, const char *synopsis, const struct opt_tables *tables, int *argc, char **argv)
{
	struct parser p = {.e = e, .synopsis = synopsis, .tables = tables, .argc = *argc, .argv = argv};

	return parse(&p, argc, true);
}
