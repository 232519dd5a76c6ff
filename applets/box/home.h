/*
 * home - what lies in the home of a domain that is delivered here, whoever laid it out: which .qmail file is an
 * address', where new boxes go, whom they belong to.
 *
 * In the layout of qv-domain add pop, HANDLE/DOMAINS/NAME, boxes are HANDLE/POP/HANDLE-0001. In a home that somebody else
 * laid out they are HOME/POP/USER-0001, where USER is that of users/assign, and belong to whom mail is delivered as.
 */
#ifndef BOX_HOME_H
#define BOX_HOME_H

#include "box/addresses.h"
#include "routing/routing.h"

/* True if it is ours: HANDLE/DOMAINS/NAME below popmail. */
bool domain_is_ours(const struct domain *d);

/* 0, or -1 with the reason: its .qmail files are named in a way that no address of qvmail's has. */
int domain_is_plain(struct err *e, const struct domain *d);

/* HOME/.qmail-EXTlocal. 0, or -1: not plain, or too long for a file's name. */
int domain_dotqmail(const struct domain *d, const char *local, char *path, size_t size);

/* addresses_load() with names as this domain's addresses have them. Of a domain that is not plain: none. */
int domain_addresses(struct ctx *ctx, const struct domain *d, struct addresses *a);

void domain_boxes(const struct domain *d, struct boxes *b);

/* Whom .qmail files and boxes belong to. */
struct owner domain_owner(const struct conf *conf, const struct domain *d, mode_t mode);

#endif
