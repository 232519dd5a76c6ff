/* confine - who speaks to the network can do nothing else. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "flush/internal.h"
#include "lib/fence.h"
#include "lib/log.h"
#include "lib/peer.h"

/* "nameserver fe80::1%eth0" */
static bool has_interface(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text);

	if (fd >= 0)
		close(fd);
	return n > 0 && memchr(text, '%', (size_t)n) != NULL;
}

static void allow_hosts(const struct flush *f, struct fence *fence)
{
	struct peer unused;

	for (size_t i = 0; i < f->hosts.n; i++) {
		fence->port[fence->ports++] = f->hosts.host[i].port;
		fence->names |= !peer_parse(f->hosts.host[i].host, &unused);
	}
	fence->interfaces = fence->names && has_interface("/etc/resolv.conf");
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
		log_open();
	fence_raise(&fence, &gaps);
	say(f, "no_new_privs", gaps.no_new_privs);
	say(f, "Landlock", gaps.landlock);
	say(f, "Landlock, of ports", gaps.ports);
	say(f, "seccomp", gaps.seccomp);
}
