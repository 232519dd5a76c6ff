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

#include "fakesmtpd.h"

static char header[16384];
static size_t header_n, length;
static uint32_t crc;
static bool in_header;

/* Eight bytes at a time; table[k][b] is what byte b does from k places on. */
static uint32_t table[8][256];

static void make_table(void)
{
	for (uint32_t b = 0; b < 256; b++) {
		uint32_t c = b;

		for (int i = 0; i < 8; i++)
			c = (c & 1) != 0 ? c >> 1 ^ 0xedb88320 : c >> 1;
		table[0][b] = c;
	}
	for (int k = 1; k < 8; k++)
		for (uint32_t b = 0; b < 256; b++)
			table[k][b] = table[k - 1][b] >> 8 ^ table[0][table[k - 1][b] & 255];
}

uint32_t crc32(uint32_t c, const void *data, size_t n)
{
	const unsigned char *p = data;

	if (table[0][1] == 0)
		make_table();
	for (c = ~c; n >= 8; n -= 8, p += 8) {
		c ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
		c = table[7][c & 255] ^ table[6][c >> 8 & 255] ^ table[5][c >> 16 & 255] ^ table[4][c >> 24] ^
		    table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
	}
	for (; n > 0; n--)
		c = c >> 8 ^ table[0][(c ^ *p++) & 255];
	return ~c;
}

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
