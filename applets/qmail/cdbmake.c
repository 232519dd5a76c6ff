/*
 * cdbmake - write a cdb, with the bytes of D. J. Bernstein's cdb_make.
 *
 * Not by tinycdb: that writes 4 KB at a time, reads every byte thrice, frees its lists only when it finishes a file, and its
 * guard against files over 4 GiB is incomplete. Here the whole size is counted, and a record that would exceed it is refused.
 */
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/copy.h"
#include "lib/fs.h"
#include "lib/grow.h"
#include "qmail/cdbfile.h"

enum {
	TABLES = 256,
	HEADER = 8 * TABLES, /* their positions and lengths */
	RECORD_HEADER = 8,   /* key and data length */
	RECORD_SLOTS = 16,   /* two hash slots */
	OUT = 1 << 16,       /* bytes written at once */
};

/* A record, and a slot of a hash table: there in the file's byte order, and all zero if it is free. */
struct record {
	uint32_t hash, at;
};

struct cdbfile {
	int fd;
	uint64_t size; /* of the whole file if it were finished now */
	uint32_t at;   /* where the next record begins */
	struct record *record;
	size_t records, room;
	size_t n; /* bytes in out */
	char out[OUT];
};

struct cdbfile *cdbfile_start(int fd)
{
	struct cdbfile *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->fd = fd;
	c->size = c->at = c->n = HEADER; /* zeros, until it is known */
	return c;
}

static int flush(struct cdbfile *c)
{
	size_t n = c->n;

	c->n = 0;
	return fs_write(c->fd, c->out, n);
}

static int put(struct cdbfile *c, const void *p, size_t n)
{
	if (n > OUT - c->n && flush(c) < 0)
		return -1;
	if (n > OUT)
		return fs_write(c->fd, p, n);
	copy(c->out + c->n, p, n);
	c->n += n;
	return 0;
}

/* cdb(5) */
static uint32_t hash_of(const unsigned char *key, size_t n)
{
	uint32_t h = 5381;

	for (size_t i = 0; i < n; i++)
		h = (h + (h << 5)) ^ key[i];
	return h;
}

static int keep(struct cdbfile *c, uint32_t hash)
{
	struct record *record = grow(c->record, c->records, &c->room, 64, sizeof *record);

	if (record == NULL)
		return -1;
	c->record = record;
	record[c->records++] = (struct record){hash, c->at};
	return 0;
}

int cdbfile_add(struct cdbfile *c, const void *key, size_t keylen, const void *data, size_t datalen)
{
	uint64_t size = c->size + RECORD_HEADER + RECORD_SLOTS;
	uint32_t lens[2] = {htole32((uint32_t)keylen), htole32((uint32_t)datalen)};

	if (size > UINT32_MAX || keylen > UINT32_MAX - size || datalen > UINT32_MAX - size - keylen) {
		errno = EOVERFLOW;
		return -1;
	}
	if (keep(c, hash_of(key, keylen)) < 0 || put(c, lens, sizeof lens) < 0 || put(c, key, keylen) < 0 ||
	    put(c, data, datalen) < 0)
		return -1;
	c->size = size + keylen + datalen;
	c->at += (uint32_t)(RECORD_HEADER + keylen + datalen);
	return 0;
}

/* The records table by table, each in the order in which they were added; end: where each table ends. How many the fullest has. */
static size_t sort(const struct cdbfile *c, struct record *sorted, size_t end[TABLES])
{
	size_t n = 0, k, most = 0;

	memset(end, 0, TABLES * sizeof *end);
	for (size_t i = 0; i < c->records; i++)
		end[c->record[i].hash % TABLES]++;
	for (size_t i = 0; i < TABLES; i++, n += k) {
		k = end[i];
		end[i] = n;
		most = k > most ? k : most;
	}
	for (size_t i = 0; i < c->records; i++)
		sorted[end[c->record[i].hash % TABLES]++] = c->record[i];
	return most;
}

/* Into the first free slot from that of its hash on; there are twice as many slots as records. */
static void fill(struct record *slot, const struct record *r, size_t n)
{
	size_t len = 2 * n, i;

	memset(slot, 0, len * sizeof *slot);
	for (; n > 0; n--, r++) {
		for (i = (r->hash / TABLES) % (uint32_t)len; slot[i].at != 0;)
			i = i + 1 < len ? i + 1 : 0;
		slot[i] = (struct record){htole32(r->hash), htole32(r->at)};
	}
}

/* The slots of each table, and at last the header. */
static int write_tables(struct cdbfile *c, const struct record *sorted, const size_t end[TABLES], struct record *slot)
{
	uint32_t header[TABLES][2];
	size_t from = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < TABLES; from = end[i++]) {
		size_t n = end[i] - from;

		header[i][0] = htole32(c->at);
		header[i][1] = htole32(2 * (uint32_t)n);
		c->at += 2 * (uint32_t)(sizeof *slot * n);
		fill(slot, sorted + from, n);
		r = put(c, slot, 2 * sizeof *slot * n);
	}
	return r < 0 || flush(c) < 0 || lseek(c->fd, 0, SEEK_SET) < 0 ? -1 : fs_write(c->fd, header, sizeof header);
}

static int finish(struct cdbfile *c, struct record *sorted)
{
	size_t end[TABLES], most = sort(c, sorted, end);
	struct record *slot = malloc(2 * sizeof *slot * most + 1);
	int r = slot != NULL ? write_tables(c, sorted, end, slot) : -1;

	free(slot);
	return r;
}

int cdbfile_finish(struct cdbfile *c)
{
	struct record *sorted = malloc(c->records * sizeof *sorted + 1);
	int r = sorted != NULL ? finish(c, sorted) : -1, saved = errno;

	free(sorted);
	cdbfile_drop(c);
	errno = saved;
	return r;
}

void cdbfile_drop(struct cdbfile *c)
{
	if (c == NULL)
		return;
	free(c->record);
	free(c);
}
