/*
 * help - what --help prints of an applet's command line, of its verbs, and of what all applets have.
 */
#ifndef LIB_HELP_H
#define LIB_HELP_H

#include "lib/verb.h"

/*
 * "usage: ...", a line for each form of synopsis (NULL: none) and of verbs (NULL: none), on standard output. A form
 * that is wider than 80 columns continues on the next line, indented by the applet's name.
 */
void help_usage(const char *synopsis, const struct verb *verbs);

/* The help of every verb, one below the other. */
void help_verbs(const struct verb *verbs);

/* What "APPLET VERB --help" prints: the usage and the help of that verb, or of those below it. */
void help_verb(const char *applet, const struct verb *verb);

extern const char help_options[]; /* those of common_options() */
extern const char help_exits[];   /* of applets without codes of their own */

#endif
