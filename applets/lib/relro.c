/*
 * relro - make relocated data read-only.
 *
 * The linker marks addresses of functions and constant tables of pointers as GNU_RELRO, to be protected once they are
 * relocated. A dynamic loader does that; musl's static start-up does not, so this is done before main(). If it fails,
 * the program works without it.
 */
#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/* Only PIE is relocated; its load address is that of _DYNAMIC minus the linked one. */
extern ElfW(Dyn) _DYNAMIC[] __attribute__((weak, visibility("hidden")));

__attribute__((constructor)) static void protect_relocated(void)
{
	const ElfW(Phdr) *header = (const void *)getauxval(AT_PHDR);
	uintptr_t page = getauxval(AT_PAGESZ);
	const ElfW(Phdr) *relro = NULL;
	uintptr_t base = 0, from, to;

	for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) {
		if (header[i].p_type == PT_DYNAMIC)
			base = (uintptr_t)_DYNAMIC - header[i].p_vaddr;
		if (header[i].p_type == PT_GNU_RELRO)
			relro = &header[i];
	}
	if (relro == NULL)
		return;
	from = (base + relro->p_vaddr) & -page;
	to = (base + relro->p_vaddr + relro->p_memsz) & -page;
	if (to > from)
		mprotect((void *)from, to - from, PROT_READ);
}
