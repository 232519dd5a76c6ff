/* envelope - sender and recipient from the two lines that qmail-local(8) put on top of a message. Pure. */
#ifndef QMAIL_ENVELOPE_H
#define QMAIL_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

enum { ENVELOPE_ADDRESS_MAX = 1000 }; /* qmail-queue takes 1002 */

struct envelope {
	char sender[ENVELOPE_ADDRESS_MAX + 1];    /* as Return-Path has it: quoted, for SMTP; "" is the null sender */
	char recipient[ENVELOPE_ADDRESS_MAX + 1]; /* as the user wrote it, prefix taken off, not quoted */
	size_t head;                              /* bytes of the two lines, which are not sent on */
};

/*
 * head: the first n bytes of the message, at least ENVELOPE_HEAD of them or all. prefix: "some.example.com-".
 * 0, or -1 with *why for people: then the message cannot be sent and stays.
 */
enum { ENVELOPE_HEAD = 4096 };

int envelope_parse(const char *head, size_t n, const char *prefix, struct envelope *e, const char **why);

/* An address as qmail knows it -> as SMTP wants it (RFC 5321 4.1.2 Quoted-string where needed). 0, -1: no room. */
int envelope_quote(const char *address, char *to, size_t size);

/* The way back, for qmail-queue: quotes and backslashes of the local part go. */
void envelope_unquote(const char *address, char *to, size_t size);

#endif
