/*
 * relr - the addresses in the constant tables, where the linker has packed their relocations.
 *
 * A list of 24 bytes an address would be 3 % of the file; DT_RELR has a bit for each. musl's start-up knows it since
 * 1.2.4 only: what is packed is relocated here, before its __libc_start_main(), which the linker is told to wrap. Until
 * then there is no thread pointer, so no canary, and nothing may be called.
 */
#include <elf.h>
#include <link.h>
#include <stdint.h>

/* glibc relocates all by itself; mips and riscv have no PIE, so nothing to relocate and no _DYNAMIC. */
#if !defined(__GLIBC__) && !defined(__mips__) && !defined(__riscv)

#ifndef DT_RELR
#define DT_RELRSZ 35
#define DT_RELR 36
#endif

typedef int start(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
                  void (*exit_dynamic)(void));
start __real___libc_start_main, __wrap___libc_start_main;

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));
extern const char __ehdr_start[] __attribute__((visibility("hidden"))); /* the load address: a PIE is linked to 0 */

/* It is its own address where the start-up has relocated already. */
static const volatile uintptr_t relocated = (uintptr_t)&relocated;

/* An even entry is an address, an odd one has a bit for each of the 63 words behind what was relocated last. */
__attribute__((no_stack_protector)) static void relocate(const uintptr_t *entry, const uintptr_t *end, uintptr_t base)
{
	uintptr_t *to = NULL;

	for (; entry < end; entry++) {
		if ((*entry & 1) == 0) {
			to = (uintptr_t *)(base + *entry);
			*to++ += base;
			continue;
		}
		for (unsigned i = 0; *entry >> i > 1; i++)
			if (*entry >> i & 2)
				to[i] += base;
		to += 8 * sizeof *to - 1;
	}
}

__attribute__((no_stack_protector)) int __wrap___libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                                                                 void (*init)(void), void (*fini)(void),
                                                                 void (*exit_dynamic)(void))
{
	uintptr_t base = (uintptr_t)__ehdr_start, from = 0, size = 0;

	for (const ElfW(Dyn) *d = _DYNAMIC; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_RELR)
			from = base + d->d_un.d_ptr;
		if (d->d_tag == DT_RELRSZ)
			size = d->d_un.d_val;
	}
	if (relocated != (uintptr_t)&relocated)
		relocate((const uintptr_t *)from, (const uintptr_t *)(from + size), base);
	return __real___libc_start_main(main, argc, argv, init, fini, exit_dynamic);
}

#endif
