/*
 * sum - what arrives is checked instead of kept: fast enough never to be what a measurement measures.
 *
 * Two lines of a message's header are looked at: "X-Sum: CRC32 LENGTH" is of what follows the header, as it goes over
 * the wire (CR LF, dots undoubled), and "X-Id: N" tells it from all others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../crc32.h"
#include "fakesmtpd.h"

static char header[16384];
static size_t header_n, length;
static uint32_t crc;
static bool in_header;

void sum_begin(void)
{
	header[0] = '\n'; /* so that one stands before each field */
	header_n = 1;
	length = 0;
	crc = 0;
	in_header = true;
}

/* A stretch has at most one line, so that the header's end is the end of one. */
static void add_header(const char *p, size_t n)
{
	if (header_n + n >= sizeof header)
		n = sizeof header - 1 - header_n;
	memcpy(header + header_n, p, n);
	header_n += n;
	in_header = header_n < 3 || memcmp(header + header_n - 3, "\n\r\n", 3) != 0;
}

void sum_add(const char *p, size_t n)
{
	if (in_header) {
		add_header(p, n);
		return;
	}
	crc = crc32(crc, p, n);
	length += n;
}

static const char *field(const char *name)
{
	const char *p = strcasestr(header, name);

	return p != NULL ? p + strlen(name) : NULL;
}

static bool is_whole(void)
{
	const char *p = field("\nX-Sum:");
	char *end;

	return p != NULL && strtoul(p, &end, 16) == crc && strtoul(end, NULL, 10) == length;
}

static bool is_seen_already(void)
{
	const char *p = field("\nX-Id:");
	unsigned long id = p != NULL ? strtoul(p, NULL, 10) % IDS : 0;
	uint8_t bit = (uint8_t)(1 << id % 8);

	return (__sync_fetch_and_or(&counts->seen[id / 8], bit) & bit) != 0;
}

void sum_commit(void)
{
	header[header_n] = '\0';
	if (!is_whole())
		__sync_fetch_and_add(&counts->corrupted, 1);
	__sync_fetch_and_add(is_seen_already() ? &counts->duplicate : &counts->distinct, 1);
}

void sum_report(void)
{
	printf("accepted %d distinct %d duplicate %d corrupted %d sessions %d\n", counts->messages, counts->distinct,
	       counts->duplicate, counts->corrupted, counts->sessions);
	fflush(stdout);
}
