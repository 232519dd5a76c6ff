/* strike - what its two parts share: the request, and what a system call is. */
#ifndef STRIKE_H
#define STRIKE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { LINE = 3 * PATH_MAX };

enum act { FREE, NONE, KILL, ONE, SHORT, FAIL };

extern struct request {
	enum act act;
	int error;
	bool done; /* all the same */
	long nth;
	bool for_ever;
	const char *calls;
	FILE *list;
	char **word; /* STDIN STDOUT STDERR COMMAND ARG... NULL */
} req;

struct tracee {
	pid_t pid;
	bool fails;   /* the call that it is in */
	bool another; /* it has become another program, whose loader need not read on */
};

/* A system call that is known by name; calls.h has them all. */
struct call {
	long nr;
	const char *name;
	char object;
	bool changes;
	int bytes;
};

/* NULL: it has no name here. */
const struct call *call_by(uint64_t nr);

/* Does it count, by the request? */
bool call_counts(const struct tracee *t, const struct call *c, const uint64_t *arg);

/* "renameat\t/dir/.name.new /dir/name" */
void call_describe(pid_t pid, const struct call *c, uint64_t nr, const uint64_t *arg, char *to, size_t size);

#endif
