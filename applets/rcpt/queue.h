/*
 * queue - in place of qmail-queue (QMAILQUEUE): an envelope without the recipients that do not exist.
 *
 * Descriptors as qmail-queue(8) has them: the message on 0, the envelope on 1; and on 6, where the caller opened it
 * (notqmail), the words of a refusal.
 */
#ifndef RCPT_QUEUE_H
#define RCPT_QUEUE_H

#include "rcpt/rcpt.h"

/*
 * Run program, which gets the message untouched, and the envelope of those who exist. If there are none, or strict and one
 * does not, the whole message is refused; if all of them are RCPT_LATER, or strict and one is, it is deferred. Returns
 * qmail-queue's exit code: that of the program; 31 or, with words on descriptor 6, 82 for a refusal; 71 for a deferral;
 * or -1 with ctx->err.
 */
int rcpt_queue(struct ctx *ctx, bool strict, char **program);

#endif
