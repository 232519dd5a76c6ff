/* envelope - sender and recipient from the two lines that qmail-local(8) added on top of a message. Pure. */
#ifndef QMAIL_ENVELOPE_H
#define QMAIL_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

enum { ENVELOPE_ADDRESS_MAX = 1000 }; /* qmail-queue takes 1002 */

struct envelope {
	char sender[ENVELOPE_ADDRESS_MAX + 1];    /* as in Return-Path: quoted, for SMTP; "" is the null sender */
	char recipient[ENVELOPE_ADDRESS_MAX + 1]; /* as the user wrote it, without the prefix, not quoted */
	size_t head;                              /* bytes of the two lines, which are not sent on */
};

/*
 * head: the first n bytes of the message, at least ENVELOPE_HEAD of them or all. prefix: "some.example.com-".
 * 0, or -1 with a readable *why: the message cannot be sent and is kept.
 */
enum { ENVELOPE_HEAD = 4096 };

int envelope_parse(const char *head, size_t n, const char *prefix, struct envelope *e, const char **why);

/* The local part of its Delivered-To line as qmail wrote it, with the prefix: *n bytes at *p. False: there is no such line. */
bool envelope_delivered_to(const char *head, size_t size, const char **p, size_t *n);

/* An address in qmail's form -> in SMTP's (RFC 5321 4.1.2 Quoted-string where needed). 0, -1: no room. */
int envelope_quote(const char *address, char *to, size_t size);

/* The inverse, for qmail-queue: quotes and backslashes of the local part are removed. */
void envelope_unquote(const char *address, char *to, size_t size);

#endif
