/* What ends a command is never without words, and never success. */
#include "lib/ctx.h"

#include <errno.h>

#include "tap.h"

int main(void)
{
	static const char bug[] = "failed without a reason: this is a bug in qvmail, please report it";
	struct ctx ctx = {.applet = "qv-test", .mute = true};

	is_int(ctx_fatal(&ctx), EXIT_TEMP, "a failure that nobody named is no success");
	is_str(ctx.err.text, bug, "and is named a bug");
	ctx.err = (struct err){.code = EXIT_PERM};
	is_int(ctx_fatal(&ctx), EXIT_TEMP, "a code without words is one of them");
	is_str(ctx.err.text, bug, "and named so");
	err_perm(&ctx.err, "unable to do it");
	is_int(ctx_fatal(&ctx), EXIT_PERM, "what was named keeps its code");
	is_str(ctx.err.text, "unable to do it", "and its words");
	ctx.err.code = 0;
	is_int(ctx_fatal(&ctx), EXIT_TEMP, "words without a code are no success");
	err_usage(&ctx.err, "prog add\nprog del", "expected %s", "words");
	is_int(ctx.err.code, EXIT_PERM, "misuse is for a person to mend");
	is_str(ctx.err.text, "expected words; usage: prog add | prog del", "and is told the forms");
	errno = ENOENT;
	err_sys(&ctx.err, "unable to\nopen x");
	is_int(ctx.err.code, EXIT_PERM, "a file that does not exist will not come by itself");
	is_str(ctx.err.text, "unable to?open x: No such file or directory", "in one line");
	errno = ENOSPC;
	err_sys(&ctx.err, "unable to write x");
	is_int(ctx.err.code, EXIT_TEMP, "room may come");
	ok(err_starves(EMFILE) && err_starves(ENOMEM) && !err_starves(ENOENT), "to lack descriptors or memory says nothing about a file");
	return done_testing();
}
