/* fence - what this process can do from now on. */
#include "lib/fence.h"

#include <errno.h>
#include <sys/prctl.h>

#include "lib/fence_layers.h"

static int errno_of(int r)
{
	return r < 0 ? errno : 0;
}

/* The last one takes away what raises the others. */
void fence_raise(const struct fence *f, struct fence_gaps *gaps)
{
	*gaps = (struct fence_gaps){0};
	gaps->no_new_privs = errno_of(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
#ifndef __GLIBC__
	gaps->landlock = errno_of(fence_landlock(f));
	gaps->ports = gaps->landlock == 0 && f->connects ? errno_of(fence_landlock_ports()) : 0;
	gaps->seccomp = errno_of(fence_seccomp(f));
#else
	(void)f;
#endif
}
