/*
 * home - the files in the home of a domain that is delivered here, in any layout: the .qmail file of an address, the
 * place of new boxes, and their owner.
 *
 * In the layout of qv-domain add pop, HANDLE/DOMAINS/NAME, boxes are HANDLE/POP/HANDLE-0001. In any other home they are
 * HOME/POP/USER-0001, where USER is the user in users/assign, and belong to the user that delivers the mail.
 */
#ifndef BOX_HOME_H
#define BOX_HOME_H

#include "box/addresses.h"
#include "routing/routing.h"

/* True if the home has our layout: HANDLE/DOMAINS/NAME below popmail. */
bool domain_is_ours(const struct domain *d);

/* 0, or -1 with the reason: its .qmail files have names that qvmail does not support. */
int domain_is_plain(struct err *e, const struct domain *d);

/* HOME/.qmail-EXTlocal. 0, or -1: not plain, or too long for a file name. */
int domain_dotqmail(const struct domain *d, const char *local, char *path, size_t size);

/* addresses_load() for this domain's home and ext. A domain that is not plain has none. */
int domain_addresses(struct ctx *ctx, const struct domain *d, struct addresses *a);

void domain_boxes(const struct domain *d, struct boxes *b);

/* The owner of .qmail files and boxes. */
struct owner domain_owner(const struct conf *conf, const struct domain *d, mode_t mode);

#endif
