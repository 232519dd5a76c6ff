/*
 * gone - on a network file system: what was sent is remembered beside the lock. A removal that not every copy of a directory has
 * seen may be undone: where the copies contradict each other after a split, GlusterFS keeps what any of them has.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dialup/marks.h"
#include "flush/internal.h"
#include "lib/fnv.h"

/* Of the lock's file, between its holder's name and the notes: a ring, the last so many messages. */
enum { RING_AT = 4096, RING = 1 << 14, AT_ONCE = 256, FILTER = 1 << 16 };

/* Big-endian: machines may differ. */
struct gone {
	uint64_t hash, number; /* of its name; from 1 on, 0: none yet */
};

static uint64_t hash(const struct flush *f, size_t i)
{
	return fnv(maildir_name(&f->list, i));
}

void flush_note_gone(struct flush *f, size_t i)
{
	struct gone g;
	unsigned int n;

	if (f->guard < 0)
		return;
	n = atomic_fetch_add(&f->tallies[0].gone, 1) + 1;
	g = (struct gone){htobe64(hash(f, i)), htobe64(n)};
	if (pwrite(f->guard, &g, sizeof g, (off_t)(RING_AT + n % RING * sizeof g)) < 0)
		ctx_warn(f->ctx, "%s: new/%s: may arrive twice if the file system brings it back: unable to write " DOMAIN_LOCK ": %s", f->dir,
		         maildir_name(&f->list, i), strerror(errno));
}

/* Most of what was sent is not in the list: bits says so at once. */
static void look_up(const struct flush *f, const uint64_t *hashes, const unsigned char *bits, uint64_t h, char *noted)
{
	if ((bits[h % FILTER / 8] >> h % 8 & 1) == 0)
		return;
	for (size_t i = 0; i < f->list.n; i++)
		noted[i] |= hashes[i] == h;
}

/* The ring fills from its begin: behind a piece without any there are none. */
static void look_up_all(struct flush *f, const uint64_t *hashes, const unsigned char *bits, char *noted)
{
	struct gone g[AT_ONCE];
	uint64_t last = 0;
	bool any = true;

	for (size_t at = 0; any && at < RING; at += AT_ONCE) {
		ssize_t n = pread(f->guard, g, sizeof g, (off_t)(RING_AT + at * sizeof *g));

		any = false;
		for (size_t k = 0; n > 0 && k < (size_t)n / sizeof *g; k++) {
			uint64_t number = be64toh(g[k].number);

			if (number == 0)
				continue;
			any = true;
			last = number > last ? number : last;
			look_up(f, hashes, bits, be64toh(g[k].hash), noted);
		}
	}
	f->tallies[0].gone = (unsigned int)last;
}

void flush_find_gone(struct flush *f, char *noted)
{
	uint64_t *hashes = calloc(f->list.n + 1, sizeof *hashes);
	unsigned char bits[FILTER / 8] = {0};

	for (size_t i = 0; hashes != NULL && i < f->list.n; i++) {
		hashes[i] = hash(f, i);
		bits[hashes[i] % FILTER / 8] |= (unsigned char)(1 << hashes[i] % 8);
	}
	if (hashes != NULL)
		look_up_all(f, hashes, bits, noted);
	free(hashes);
}
