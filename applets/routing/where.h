/* where - find a name in the files. Pure; for routing.c and its neighbours. */
#ifndef ROUTING_WHERE_H
#define ROUTING_WHERE_H

#include "routing/routing.h"

/* How this file is looked up. */
enum lines_key routing_kind(enum routing_name f);

/* The line that decides for key in file f, as qmail reads that file, or LINES_NONE. */
size_t routing_line(const struct routing *r, enum routing_name f, const char *key);

/* The line that accepts exactly this key: in rcpthosts, else in morercpthosts; *f is the file. */
size_t routing_accept_line(const struct routing *r, const char *key, enum routing_name *f);

/* The line +ID-: of users/assign that counts (the first before the final dot), or LINES_NONE. */
size_t routing_assign_line(const struct routing *r, const char *id);

/* A line of virtualdomains for local@host alone, or one of users/assign that is more specific than +ID-: other files decide. */
bool routing_is_taken(const struct routing *r, const char *local, const char *host, const char *id);

#endif
