/*
 * tries - failed logins by address, over all connections: after some of them each login of that address waits, the longer the more
 * there were. They are forgotten one a minute.
 *
 * A table of fixed size in a file that is opened by root in root's directory, and then popusr's to write. Two addresses in one place: the
 * later one is remembered.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/lock.h"
#include "trigger/internal.h"

#define TRIES_FILE ".qv-tries"

enum {
	PLACES = 1024,
	FREE_TRIES = 3,
	DELAY_MAX = 30, /* seconds */
	FORGET = 60,    /* seconds after which one is forgotten */
	COUNT_MAX = 30,
};

struct place {
	struct peer network; /* of IPv6 64 bits, which one customer has */
	uint32_t count;
	int64_t time;
};

void tries_open(struct trigger *t)
{
	int dir = fs_dir(t->ctx, t->conf->serialmail);
	struct stat st;

	t->tries.fd = -1;
	if (dir < 0)
		return;
	t->tries.fd = openat(dir, TRIES_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	close(dir);
	if (t->tries.fd >= 0 && (fstat(t->tries.fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		close(t->tries.fd);
		t->tries.fd = -1;
	}
}

static struct peer network_of(const struct peer *p)
{
	static const unsigned char zeros[10];
	struct peer n = *p;

	if (memcmp(p->byte, zeros, sizeof zeros) != 0) /* not ::ffff:1.2.3.4 */
		memset(n.byte + 8, 0, 8);
	return n;
}

static off_t place_of(const struct peer *network)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof network->byte; i++)
		h = (h ^ network->byte[i]) * 16777619u;
	return (off_t)((h ^ h >> 16) % PLACES) * (off_t)sizeof(struct place);
}

/* How many there are now; the place is of another address: none. */
static uint32_t count_of(const struct place *p, const struct peer *network, int64_t now)
{
	uint64_t is = (uint64_t)now, was = (uint64_t)p->time;
	uint64_t gone = (now > p->time ? is - was : was - is) / FORGET; /* a clock that was set back must not lock anyone out */

	if (memcmp(&p->network, network, sizeof *network) != 0 || gone >= p->count)
		return 0;
	return p->count - (uint32_t)gone;
}

static uint32_t look(struct trigger *t, const struct peer *network, int64_t now)
{
	struct place p;

	if (t->tries.fd < 0 || pread(t->tries.fd, &p, sizeof p, place_of(network)) != sizeof p)
		return 0;
	return count_of(&p, network, now);
}

int tries_delay(struct trigger *t)
{
	struct peer network = network_of(&t->peer);
	uint32_t n = look(t, &network, time(NULL));

	if (n < FREE_TRIES)
		return 0;
	return n - FREE_TRIES < 5 ? 1 << (n - FREE_TRIES) : DELAY_MAX;
}

void tries_failed(struct trigger *t)
{
	struct place p = {.network = network_of(&t->peer), .time = time(NULL)};

	if (t->tries.fd < 0 || lock_take(t->tries.fd, 1) != 0)
		return;
	p.count = look(t, &p.network, p.time) + 1;
	if (p.count > COUNT_MAX)
		p.count = COUNT_MAX;
	if (pwrite(t->tries.fd, &p, sizeof p, place_of(&p.network)) != sizeof p)
		ctx_verbose(t->ctx, "unable to note a failed login");
	lock_drop(t->tries.fd);
}
