/* nss - which databases of users getpwnam(3) asks, by the text of nsswitch.conf(5). Pure. */
#ifndef QMAIL_NSS_H
#define QMAIL_NSS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True if the users that qmail-getpw may find are those in etc/passwd: its line "passwd:" names no database but files,
 * compat (without lines that begin with + in etc/passwd) and systemd, or there is no such line.
 */
bool nss_is_passwd_alone(const char *nsswitch, size_t n, const char *passwd, size_t passwd_n);

#endif
