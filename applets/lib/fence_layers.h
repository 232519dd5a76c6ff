/* fence_layers - the layers of a fence, for fence.c alone. Each: 0, or -1 with errno: the kernel does not have it. */
#ifndef LIB_FENCE_LAYERS_H
#define LIB_FENCE_LAYERS_H

#include "lib/fence.h"

/* Which files may be opened, and which ports connected to; does it know ports? */
int fence_landlock(const struct fence *f);
int fence_landlock_ports(void);

/* Which system calls there are. */
int fence_seccomp(const struct fence *f);

#endif
