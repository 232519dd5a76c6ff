/* err - sentences for the one error line, and the exit code that goes with each. */
#include "lib/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/printable.h"

static int say(struct err *e, int code, const char *fmt, va_list ap, const char *sep, const char *tail)
{
	int n = vsnprintf(e->text, sizeof e->text, fmt, ap);

	if (n >= 0 && (size_t)n < sizeof e->text)
		snprintf(e->text + n, sizeof e->text - (size_t)n, "%s%s", sep, tail);
	printable(e->text);
	e->code = code;
	e->sys = 0;
	return -1;
}

int err_perm(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(e, EXIT_PERM, fmt, ap, "", "");
	va_end(ap);
	return -1;
}

int err_temp(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(e, EXIT_TEMP, fmt, ap, "", "");
	va_end(ap);
	return -1;
}

/* Append the forms of synopsis, one a line. */
static void add_forms(struct err *e, const char *synopsis)
{
	const char *before = "; usage: ";

	for (const char *form = synopsis; *form != '\0'; form += *form == '\n') {
		size_t used = strlen(e->text), n = strcspn(form, "\n");

		snprintf(e->text + used, sizeof e->text - used, "%s%.*s", before, (int)n, form);
		before = " | ";
		form += n;
	}
}

int err_usage(struct err *e, const char *synopsis, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(e, EXIT_PERM, fmt, ap, "", "");
	va_end(ap);
	add_forms(e, synopsis);
	return -1;
}

bool err_lasts(int errnum)
{
	static const int lasting[] = {
		ENOENT, EACCES, EPERM, ENOTDIR, EISDIR, ELOOP, EMLINK, EROFS, EINVAL, ENAMETOOLONG,
		EEXIST, EXDEV, ENXIO, ENOTEMPTY, ENOSYS, EOPNOTSUPP, E2BIG, ENOEXEC,
	};

	for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
		if (lasting[i] == errnum)
			return true;
	return false;
}

bool err_starves(int errnum)
{
	return errnum == EMFILE || errnum == ENFILE || errnum == ENOMEM;
}

int err_sys(struct err *e, const char *fmt, ...)
{
	int errnum = errno;
	va_list ap;

	va_start(ap, fmt);
	say(e, err_lasts(errnum) ? EXIT_PERM : EXIT_TEMP, fmt, ap, ": ", strerror(errnum));
	va_end(ap);
	e->sys = errnum;
	return -1;
}

void err_name(struct err *e)
{
	if (e->code == 0 || *e->text == '\0')
		err_temp(e, "failed without a reason: this is a bug in qvmail, please report it");
}
