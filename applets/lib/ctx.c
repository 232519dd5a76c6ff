/* ctx - the context of a command, and its messages. */
#include "lib/ctx.h"

#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "lib/log.h"

int ctx_open(struct ctx *ctx, const char *root)
{
	ctx->root = root != NULL ? root : "";
	ctx->offline = *ctx->root != '\0';
	ctx->rootfd = open(ctx->offline ? ctx->root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ctx->rootfd < 0)
		return err_sys(&ctx->err, "unable to open the root %s", ctx->root);
	return 0;
}

int ctx_need_root(struct ctx *ctx)
{
	if (ctx->offline || ctx->dry_run || geteuid() == 0)
		return 0;
	return err_perm(&ctx->err, "must be run as root (it changes files that root owns)");
}

static void line(const struct ctx *ctx, enum log_level level, const char *word, const char *fmt, va_list ap)
{
	if (ctx->syslog || !ctx->mute)
		log_line(ctx->syslog, level, ctx->applet, word, fmt, ap);
}

void ctx_always(const struct ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(ctx, LOG_LINE_INFO, "", fmt, ap);
	va_end(ap);
}

void ctx_warn(const struct ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(ctx, LOG_LINE_WARNING, "warning: ", fmt, ap);
	va_end(ap);
}

void ctx_info(const struct ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	if (ctx->talk < 0)
		return;
	va_start(ap, fmt);
	line(ctx, LOG_LINE_INFO, "", fmt, ap);
	va_end(ap);
}

void ctx_verbose(const struct ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	if (ctx->talk < 1)
		return;
	va_start(ap, fmt);
	line(ctx, LOG_LINE_INFO, "", fmt, ap);
	va_end(ap);
}

static void fatal(const struct ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(ctx, LOG_LINE_ERROR, "fatal: ", fmt, ap);
	va_end(ap);
}

int ctx_fatal(struct ctx *ctx)
{
	err_name(&ctx->err);
	fatal(ctx, "%s", ctx->err.text);
	return ctx->err.code;
}
