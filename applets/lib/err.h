/*
 * err - the error of a command: one sentence, written where the cause is known.
 *
 * A function that can fail takes a struct err (mostly inside a struct ctx), fills it with one complete sentence and
 * returns -1; all callers return the -1. It is printed once, by ctx_fatal(): in qvmail.c, in a child whose parent
 * receives only an exit code, or where work continues with the next of several directories or links. The form is
 *
 *	FILE:LINE: what is wrong, and what to do
 *	unable to VERB OBJECT: reason
 *
 * lower case, no full stop, never wrapped by a caller.
 */
#ifndef LIB_ERR_H
#define LIB_ERR_H

#include <stdbool.h>
#include <stddef.h>

/* Exit codes, as qmail's programs use them (qmail-command(8)). */
enum {
	EXIT_PERM = 100, /* a person must change something first */
	EXIT_TEMP = 111, /* the same command may work later */
	EXIT_NO_APPLET = 127,
};

struct err {
	int code;        /* exit code; 0: no error yet */
	int sys;         /* the errno given by err_sys(); 0: none */
	char text[1024]; /* one line, no newline */
};

#define ERR_FORMAT(at) __attribute__((format(printf, at, at + 1)))

/* All return -1. The text is cut to what fits; control bytes become '?'. */
int err_perm(struct err *e, const char *fmt, ...) ERR_FORMAT(2);
int err_temp(struct err *e, const char *fmt, ...) ERR_FORMAT(2);

/* Misuse: exit 100; appends "; usage: SYNOPSIS", with " | " for each newline of synopsis. */
int err_usage(struct err *e, const char *synopsis, const char *fmt, ...) ERR_FORMAT(3);

/* Appends ": strerror(errno)"; errno decides the class, see err_lasts(). */
int err_sys(struct err *e, const char *fmt, ...) ERR_FORMAT(2);

/* A failure without a reason is a bug and never success: it gets a text that says so, and EXIT_TEMP. */
void err_name(struct err *e);

/* True if waiting does not remove the cause (no such file, access denied). */
bool err_lasts(int errnum);

/* True if this process lacks memory or descriptors: its own trouble, and nothing about the file that it asked for. */
bool err_starves(int errnum);

#endif
