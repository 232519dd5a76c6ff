/*
 * netfs - file systems that other machines have mounted too, such as GlusterFS and NFS.
 *
 * A machine keeps for a while what it has read of them: for a second or two after another machine replaced a file, the
 * old one is read. flock(2) of a file holds on all machines, of a directory only on one.
 */
#ifndef LIB_NETFS_H
#define LIB_NETFS_H

#include <stdbool.h>
#include <stddef.h>

bool netfs_is(int fd);

/* Wait until what this machine read before is forgotten: from then on it sees what others did until now. */
void netfs_settle(void);

/* This machine's name, fit for a file's name. */
enum { NETFS_NAME = 65 };

void netfs_name(char to[NETFS_NAME]);

/*
 * Write at the begin of fd's file, which is locked and stays, "pid 1234 on gw1"; and read that: /proc/locks shows only what this
 * machine has locked. "": it is not known.
 */
void netfs_sign(int fd);
const char *netfs_signed(int fd, char *to, size_t size);

#endif
