/*
 * login - is this the password of that user's box?
 *
 * The user is a box's name, or an address whose own .qmail file delivers into one box and no other, in any case.
 * Whoever is unknown, has no password or is suspended costs the same work as whoever mistyped: one crypt(3).
 */
#ifndef BOX_LOGIN_H
#define BOX_LOGIN_H

#include "box/boxes.h"

/* 0 it is, and box is where; 1 it is not; -1 it could not be found out. */
int login_check(struct ctx *ctx, const struct conf *conf, const char *user, const char *password, struct box *box);

#endif
