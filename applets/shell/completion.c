/* completion - a script for bash, made from what the applets say of themselves. */
#include "shell/completion.h"

#include <stdio.h>
#include <string.h>

/* The script as it lies beside this file, without a copy of it in C; packed, as what is marked PACKED. */
__asm__(".pushsection .packed, \"a\"\n"
        ".globl completion_bash\n"
        "completion_bash: .incbin \"applets/shell/completion.bash\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char completion_bash[];

static bool is_end(char c)
{
	return c == ' ' || c == '\n' || c == '\0';
}

/* n bytes of a form; its placeholders become capitals where they are small. */
static void print_form(const char *s, size_t n, bool small)
{
	bool option = false;

	for (size_t i = 0; i < n; i++) {
		if (i == 0 || is_end(s[i - 1]))
			option = s[i] == '-';
		putchar(small && !option && s[i] >= 'a' && s[i] <= 'z' ? s[i] - 'a' + 'A' : s[i]);
	}
}

static const char *next_line(const char *s)
{
	s += strcspn(s, "\n");
	return *s == '\n' ? s + 1 : s;
}

/* Up to the two blanks behind an option and its value. */
static size_t option_length(const char *s)
{
	size_t n = 0;

	while (s[n] != '\n' && s[n] != '\0' && strncmp(s + n, "  ", 2) != 0)
		n++;
	return n;
}

void completion_begin(const char *version)
{
	printf("# qvmail %s, printed by qvmail --completion bash\n\n", version);
	printf("IFS= read -rd '' _qvmail_forms <<'END'\n");
}

void completion_forms(const char *synopsis, bool small)
{
	size_t name = strcspn(synopsis, " \n");

	for (const char *form = synopsis; *form != '\0'; form = next_line(form)) {
		printf("%.*s", (int)name, form);
		print_form(form + name, strcspn(form + name, "\n"), small);
		putchar('\n');
	}
}

void completion_options(const char *name, const char *help, bool small)
{
	for (const char *s = help; *s != '\0'; s = next_line(s)) {
		if (strncmp(s, "  -", 3) != 0)
			continue;
		printf("%s ... ", name);
		print_form(s + 2, option_length(s + 2), small);
		putchar('\n');
	}
}

void completion_end(void)
{
	printf("END\n\n%s", completion_bash);
}
