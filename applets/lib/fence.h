/*
 * fence - what this process can do from now on: read and remove the files of one directory, and talk. For one that speaks to
 * the network: should a message or a reply take it over, it can open nothing else, start no program and become nobody else.
 *
 * In three layers: prctl(2) PR_SET_NO_NEW_PRIVS, landlock(7), seccomp(2); each where the kernel has it. A system call that is
 * not needed fails with EPERM; it ends nobody.
 *
 * Of a build with glibc only the first layer is left: that looks names up by loading libraries.
 */
#ifndef LIB_FENCE_H
#define LIB_FENCE_H

#include <stdbool.h>
#include <stddef.h>

enum { FENCE_PORTS = 32 };

struct fence {
	int dir;               /* open: its files may be opened for reading, and removed */
	bool connects;         /* new connections may be made, to: */
	int port[FENCE_PORTS]; /* these TCP ports */
	size_t ports;
	bool names;            /* and the name servers; /etc/hosts and /etc/resolv.conf may be read */
	bool interfaces;       /* and the number of an interface may be asked: libc does so over a Unix socket, for fe80::1%eth0 */
};

/* A layer that is missing, and the errno that says so; 0: it is there. */
struct fence_gaps {
	int no_new_privs, landlock, seccomp;
	int ports; /* Landlock is there, and knows none yet, but it connects */
};

/* For good, for this process and those that it starts. */
void fence_raise(const struct fence *f, struct fence_gaps *gaps);

#endif
