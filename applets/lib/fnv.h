/* fnv - FNV-1a, 64 bits: a number for some bytes, the same on every machine. Pure, and inline: what is pure may call it. */
#ifndef LIB_FNV_H
#define LIB_FNV_H

#include <stdint.h>

#define FNV_BEGIN UINT64_C(0xcbf29ce484222325)

/* h, with one byte more; byte may also be a number that no byte has. */
static inline uint64_t fnv_add(uint64_t h, unsigned int byte)
{
	return (h ^ byte) * UINT64_C(0x100000001b3);
}

static inline uint64_t fnv(const char *s)
{
	uint64_t h = FNV_BEGIN;

	while (*s != '\0')
		h = fnv_add(h, (unsigned char)*s++);
	return h;
}

#endif
