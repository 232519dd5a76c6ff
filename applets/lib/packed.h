/*
 * packed - what is read seldom is kept packed: help texts, a script, a page.
 *
 *	static const char help[] PACKED = "...";
 *
 *	packed_unpack();
 *	printf("%s", help);
 *
 * The linker gives texts their addresses but no place in the file: until packed_unpack() they read as zeros. Where
 * nothing is packed (unit tests, sanitizers) they are constants as others are.
 *
 * So it is with all strings in the functions of the rooms that .tools/packed.ld names: who enters one, unpacks first.
 */
#ifndef LIB_PACKED_H
#define LIB_PACKED_H

#define PACKED __attribute__((section(".packed")))

/* Put all texts where they belong; it does so once. Below a millisecond, and about 80 KB of memory from then on. */
void packed_unpack(void);

#endif
