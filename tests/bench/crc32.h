/* crc32 - the sum of gzip and of Ethernet (IEEE 802.3), a gigabyte and more a second. */
#ifndef CRC32_H
#define CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Eight bytes at a time; crc32_table[k][b] is what byte b does from k places on. */
static uint32_t crc32_table[8][256];

static inline void crc32_make_table(void)
{
	for (uint32_t b = 0; b < 256; b++) {
		uint32_t c = b;

		for (int i = 0; i < 8; i++)
			c = (c & 1) != 0 ? c >> 1 ^ 0xedb88320 : c >> 1;
		crc32_table[0][b] = c;
	}
	for (int k = 1; k < 8; k++)
		for (uint32_t b = 0; b < 256; b++)
			crc32_table[k][b] = crc32_table[k - 1][b] >> 8 ^ crc32_table[0][crc32_table[k - 1][b] & 255];
}

static inline uint32_t crc32(uint32_t c, const void *data, size_t n)
{
	const unsigned char *p = data;

	if (crc32_table[0][1] == 0)
		crc32_make_table();
	for (c = ~c; n >= 8; n -= 8, p += 8) {
		c ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
		c = crc32_table[7][c & 255] ^ crc32_table[6][c >> 8 & 255] ^ crc32_table[5][c >> 16 & 255] ^ crc32_table[4][c >> 24] ^
		    crc32_table[3][p[4]] ^ crc32_table[2][p[5]] ^ crc32_table[1][p[6]] ^ crc32_table[0][p[7]];
	}
	for (; n > 0; n--)
		c = c >> 8 ^ crc32_table[0][(c ^ *p++) & 255];
	return ~c;
}

#endif
