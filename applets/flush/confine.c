/* confine - who speaks to the network can do nothing else. */
#include <string.h>

#include "flush/internal.h"
#include "lib/fence.h"
#include "lib/log.h"
#include "lib/peer.h"

static void allow_hosts(const struct flush *f, struct fence *fence)
{
	struct peer unused;

	for (size_t i = 0; i < f->hosts.n; i++) {
		fence->port[fence->ports++] = f->hosts.host[i].port;
		fence->names |= !peer_parse(f->hosts.host[i].host, &unused);
	}
}

static void say(const struct flush *f, const char *layer, int errnum)
{
	if (errnum != 0)
		ctx_verbose(f->ctx, "%s: the delivery is not confined by %s: %s", f->dir, layer, strerror(errnum));
}

void flush_confine(struct flush *f, bool connects)
{
	struct fence fence = {.dir = f->new, .connects = connects};
	struct fence_gaps gaps;

	if (connects)
		allow_hosts(f, &fence);
	if (f->ctx->syslog)
		log_open(f->ctx->applet);
	fence_raise(&fence, &gaps);
	say(f, "no_new_privs", gaps.no_new_privs);
	say(f, "Landlock", gaps.landlock);
	say(f, "Landlock, of ports", gaps.ports);
	say(f, "seccomp", gaps.seccomp);
}
