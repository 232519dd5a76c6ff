/*
 * help - what --help prints of an applet's command line, of its verbs, and of what all applets have.
 */
#ifndef LIB_HELP_H
#define LIB_HELP_H

#include "lib/verb.h"

/*
 * "usage: ...", a line for each form of synopsis (NULL: none) and of verbs (NULL: none), on standard output. A form that
 * is wider than 80 columns goes on in the next line, behind the name that it begins with.
 */
void help_usage(const char *synopsis, const struct verb *verbs);

/* The help of every verb, one below the other. */
void help_verbs(const struct verb *verbs);

/* What "APPLET VERB --help" prints: the usage and the help of that verb, or of those below it. */
void help_verb(const char *applet, const struct verb *verb);

extern const char help_options[]; /* those that common_options() takes */
extern const char help_exits[];   /* of applets that have no codes of their own */

#endif
