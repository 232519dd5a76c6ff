/*
 * login - check the password of a user's box.
 *
 * The user is a box's name, or an address whose own .qmail file delivers into one box and no other, in any case.
 * An unknown user, one without a password and a suspended one take the same time as a wrong password: one crypt(3).
 */
#ifndef BOX_LOGIN_H
#define BOX_LOGIN_H

#include "box/boxes.h"

/* 0: the password is right, and box is filled in; 1: it is wrong; -1: unable to check. */
int login_check(struct ctx *ctx, const struct conf *conf, const char *user, const char *password, struct box *box);

#endif
