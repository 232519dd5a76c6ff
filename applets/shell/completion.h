/*
 * completion - a script for bash, made from what the applets say of themselves.
 *
 *	completion_begin(version);
 *	for each applet {
 *		completion_forms(synopsis, small);
 *		completion_options(name, help, small);
 *	}
 *	completion_options("qv-*", help of what all of those take, false);
 *	completion_end();
 *
 * On standard output: a table with a line for every form of a synopsis, NAME FORM, and "NAME ... OPTIONS" for every
 * line of a help text that begins with "  -", then completion.bash, which reads it. NAME may be a shell's pattern.
 * What stands in capitals is a placeholder; small: the text has its placeholders in small letters.
 */
#ifndef SHELL_COMPLETION_H
#define SHELL_COMPLETION_H

#include <stdbool.h>

void completion_begin(const char *version);
void completion_forms(const char *synopsis, bool small);
void completion_options(const char *name, const char *help, bool small);
void completion_end(void);

#endif
