/* cdbfile - the guard against files over 4 GiB, and what is written. */
#include "qmail/cdbfile.h"

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"

enum { PIECE = 1 << 28, RECORD = 8 + 16, HEADER = 2048 };

static const char *zeros;

/* A file of this many bytes, were it finished, but for one record more; its bytes go nowhere. */
static struct cdbfile *filled(int fd, uint64_t size)
{
	struct cdbfile *c = cdbfile_start(fd);
	uint64_t have = HEADER, n;

	while (c != NULL && have < size) {
		n = size - have - RECORD;
		n = n < PIECE ? n : PIECE - RECORD; /* what is left is never too small for a record */
		if (cdbfile_add(c, "", 0, zeros, (size_t)n) < 0) {
			cdbfile_drop(c);
			return NULL;
		}
		have += n + RECORD;
	}
	return c;
}

static void at_the_limit(int fd)
{
	struct cdbfile *c = filled(fd, UINT32_MAX - RECORD - 10);

	if (!ok(c != NULL, "a file of nearly 4 GiB"))
		return;
	ok(cdbfile_add(c, "key", 3, zeros, 8) < 0 && errno == EOVERFLOW,
	   "a record that ends one byte too far is refused");
	ok(cdbfile_add(c, "key", 3, zeros, 7) == 0, "one that just fits is taken");
	ok(cdbfile_add(c, "", 0, "", 0) < 0 && errno == EOVERFLOW, "and then nothing is any more");
	is_int(cdbfile_finish(c), 0, "the file can be finished");
}

/* Records cost 16 bytes in the hash tables, too. */
static void hash_tables_count(int fd)
{
	struct cdbfile *c = filled(fd, UINT32_MAX - RECORD + 1);

	ok(c != NULL && cdbfile_add(c, "", 0, "", 0) < 0 && errno == EOVERFLOW,
	   "a record whose slots would pass the limit is refused");
	cdbfile_drop(c);
}

static void huge(int fd)
{
	struct cdbfile *c = cdbfile_start(fd);

	ok(cdbfile_add(c, zeros, SIZE_MAX - 8, "", 0) < 0 && errno == EOVERFLOW, "a key beyond all measure is refused");
	ok(cdbfile_add(c, "", 0, zeros, SIZE_MAX - 8) < 0 && errno == EOVERFLOW, "such data, too");
	cdbfile_drop(c);
}

static void dropped(void)
{
	FILE *f = tmpfile();
	struct cdbfile *c = cdbfile_start(fileno(f));

	cdbfile_add(c, "a", 1, "b", 1);
	cdbfile_drop(c);
	is_int(lseek(fileno(f), 0, SEEK_END), 0, "what is given up is not written");
	fclose(f);
}

static void write_errors(void)
{
	int full = open("/dev/full", O_WRONLY);
	struct cdbfile *c = cdbfile_start(full);

	ok(cdbfile_add(c, "a", 1, zeros, 100000) < 0 && errno == ENOSPC, "a write error is told with errno");
	cdbfile_drop(c);
	c = cdbfile_start(full);
	ok(cdbfile_finish(c) < 0 && errno == ENOSPC, "when finishing, too");
	close(full);
	cdbfile_drop(NULL);
}

static void finds(const char *key, int want, const char *data, int fd)
{
	char got[4] = "";

	is_int(cdbfile_find(fd, key, strlen(key), got, sizeof got), want, "looked for \"%s\"", key);
	is_str(got, data, "and what is found ends in a NUL");
}

static void found(void)
{
	FILE *f = tmpfile();
	struct cdbfile *c = cdbfile_start(fileno(f));
	char cut[3];

	cdbfile_add(c, "a", 1, "one", 3);
	cdbfile_add(c, "a", 1, "two", 3);
	cdbfile_add(c, "b", 1, "", 0);
	cdbfile_add(c, "c", 1, "three", 5);
	cdbfile_finish(c);
	finds("a", 0, "one", fileno(f));
	finds("b", 0, "", fileno(f));
	finds("d", 1, "", fileno(f));
	finds("", 1, "", fileno(f));
	ok(cdbfile_find(fileno(f), "c", 1, cut, sizeof cut) < 0 && errno == EOVERFLOW, "what has no room is an error, not cut");
	ok(ftruncate(fileno(f), 2050) == 0 && cdbfile_find(fileno(f), "a", 1, cut, sizeof cut) < 0, "so is half a cdb");
	ok(ftruncate(fileno(f), 0) == 0 && cdbfile_find(fileno(f), "a", 1, cut, sizeof cut) < 0, "so is an empty file");
	fclose(f);
}

/* Keys that come twice, tables with many records and with none, data that is longer than what is written at once. */
static void both_write(int ours, int theirs, int records)
{
	struct cdbfile *c = cdbfile_start(ours);
	struct cdb_make make;
	char key[32];

	cdb_make_start(&make, theirs);
	for (int i = 0; i < records; i++) {
		unsigned n = (unsigned)snprintf(key, sizeof key, "!%d-", i % 3000), len = i % 1000 == 7 ? 100000 : (unsigned)i % 90;

		cdbfile_add(c, key, n, zeros, len);
		cdb_make_add(&make, key, n, zeros, len);
	}
	is_int(cdbfile_finish(c), 0, "%d records", records);
	cdb_make_finish(&make);
}

static bool are_same(int a, int b)
{
	size_t n = (size_t)lseek(a, 0, SEEK_END);
	const char *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, a, 0), *q = mmap(NULL, n, PROT_READ, MAP_PRIVATE, b, 0);
	bool same = lseek(b, 0, SEEK_END) == (off_t)n && p != MAP_FAILED && q != MAP_FAILED && memcmp(p, q, n) == 0;

	munmap((char *)p, n);
	munmap((char *)q, n);
	return same;
}

static void as_tinycdb(void)
{
	static const int records[] = {0, 1, 200, 5000};

	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		FILE *ours = tmpfile(), *theirs = tmpfile();

		both_write(fileno(ours), fileno(theirs), records[i]);
		ok(are_same(fileno(ours), fileno(theirs)), "the bytes are tinycdb's");
		fclose(ours);
		fclose(theirs);
	}
}

int main(void)
{
	int fd = open("/dev/null", O_WRONLY);

	zeros = mmap(NULL, PIECE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (zeros == MAP_FAILED)
		return 1;
	at_the_limit(fd);
	hash_tables_count(fd);
	huge(fd);
	dropped();
	found();
	write_errors();
	as_tinycdb();
	close(fd);
	return done_testing();
}
