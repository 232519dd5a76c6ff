/*
 * err - what went wrong, said once, by whoever knows most.
 *
 * A function that can fail takes a struct err (mostly inside a struct ctx),
 * fills it with one whole sentence and returns -1; everybody above passes the
 * -1 up. It is printed once, by ctx_fatal(): in qvmail.c, in a child whose
 * parent hears no more than an exit code, or where the work goes on with the next
 * of several directories or links. The form is
 *
 *	FILE:LINE: what is wrong, and what to do
 *	unable to VERB OBJECT: reason
 *
 * lower case, no full stop, never wrapped again on the way up.
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
	int code;        /* exit code; 0: nothing was said yet */
	int sys;         /* the errno that err_sys() spoke of; 0: none */
	char text[1024]; /* one line, no newline */
};

#define ERR_FORMAT(at) __attribute__((format(printf, at, at + 1)))

/* All return -1. The text is cut to what fits; control bytes become '?'. */
int err_perm(struct err *e, const char *fmt, ...) ERR_FORMAT(2);
int err_temp(struct err *e, const char *fmt, ...) ERR_FORMAT(2);

/* Misuse: exit 100; "; usage: SYNOPSIS" is put behind the sentence, with " | " for each newline of synopsis. */
int err_usage(struct err *e, const char *synopsis, const char *fmt, ...) ERR_FORMAT(3);

/* ": strerror(errno)" is put behind the sentence; errno decides the class, see err_lasts(). */
int err_sys(struct err *e, const char *fmt, ...) ERR_FORMAT(2);

/* A failure that nobody named is a fault of ours and never success: it gets a text that says so, and EXIT_TEMP. */
void err_name(struct err *e);

/* True if errno says something that waiting does not mend (no such file, access denied). */
bool err_lasts(int errnum);

#endif
