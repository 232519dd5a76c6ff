/* help - usage lines, wrapped, and the lines of verbs. */
#include "lib/help.h"

#include <stdio.h>
#include <string.h>

#include "lib/packed.h"

enum { WIDTH = 80, LABEL = 7 /* "usage: " */ };

const char help_options[] PACKED =
	"Options of every administrative command:\n"
	"  -R, --root DIR      work on the tree under DIR as if it were /; signal nothing\n"
	"                      (default: $QVMAIL_ROOT, else the running system)\n"
	"  -n, --dry-run       print all changes in order, files as unified diffs, and\n"
	"                      change nothing\n"
	"  -j, --json          print listings and reports as JSON\n"
	"  -w, --wait SECONDS  wait this long for another administrator's lock (10)\n"
	"  -q, --quiet         print less\n"
	"  -v, --verbose       print more\n";

const char help_exits[] PACKED =
	"Exit codes: 0 done, or nothing to do; 100 a person must change something;\n"
	"111 the same command may work later.\n";

/* Length of the argument or option that s begins with; a blank inside brackets does not end it. */
static size_t word_length(const char *s)
{
	size_t n = 0;

	for (int depth = 0; s[n] != '\0' && s[n] != '\n' && (s[n] != ' ' || depth > 0); n++)
		depth += (s[n] == '[') - (s[n] == ']');
	return n;
}

/* Print one form. Returns the next one, or NULL. */
static const char *print_form(const char *form)
{
	size_t indent = LABEL + strcspn(form, " \n") + 1, column = LABEL;
	const char *word = form;

	for (size_t n = word_length(word); n > 0; n = word_length(word)) {
		if (column + 1 + n > WIDTH)
			column = (size_t)printf("\n%*s", (int)indent, "") - 1;
		else if (word != form)
			column += (size_t)printf(" ");
		column += (size_t)printf("%.*s", (int)n, word);
		word += n + (word[n] == ' ');
	}
	putchar('\n');
	return *word != '\0' ? word + 1 : NULL;
}

/* label: printed before the first form, then set to "". */
static void print_forms(const char *synopsis, const char **label)
{
	for (const char *form = synopsis; form != NULL; form = print_form(form)) {
		printf("%-*s", LABEL, *label);
		*label = "";
	}
}

static void print_verb_forms(const struct verb *verb, void *label)
{
	print_forms(verb->synopsis, label);
}

void help_usage(const char *synopsis, const struct verb *verbs)
{
	const char *label = "usage:";

	print_forms(synopsis, &label);
	verb_each(verbs, print_verb_forms, &label);
}

static void print_verb(const struct verb *verb, void *none)
{
	(void)none;
	printf("%s", verb->help);
}

void help_verbs(const struct verb *verbs)
{
	verb_each(verbs, print_verb, NULL);
}

void help_verb(const char *applet, const struct verb *verb)
{
	const struct verb alone[] = {*verb, {0}};

	help_usage(NULL, alone);
	putchar('\n');
	help_verbs(alone);
	printf("\nOptions of every command, exit codes, files and an example: %s --help\n", applet);
}
