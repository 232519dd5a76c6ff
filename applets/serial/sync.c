/* sync - what must be on the disk before something else, or before long. */
#include <errno.h>

#include "lib/clock.h"
#include "lib/error_str.h"
#include "qmail/bounce.h"
#include "serial/internal.h"

enum {
	SYNC_AFTER = 64,      /* removals that are not synced would be sent again after a power cut; as qv-flush has it */
	SYNC_AFTER_MS = 500,
};

static void settle_returned(struct serial *s)
{
	char name[PATH_MAX];
	bool synced;

	if (s->returned == 0)
		return;
	synced = bounce_sync(s->ctx) == 0;
	for (size_t k = 0; k < s->n; k++) {
		struct serial_item *i = &s->item[k];

		if (!i->returned)
			continue;
		i->returned = false;
		if (synced) {
			serial_remove(s, i, "message has been bounced but not removed");
			continue;
		}
		ctx_warn(s->ctx, "%s has been bounced, and will be bounced twice: %s", serial_name(i, name), s->ctx->err.text);
		serial_keep(s, name);
	}
	s->returned = 0;
}

static void sync_removed(struct serial *s)
{
	for (int k = 0; k < 2; k++) {
		size_t n = s->removed[k];

		s->removed[k] = 0;
		if (n == 0 || maildir_sync(s->part[k]) == 0)
			continue;
		ctx_warn(s->ctx, "messages may be delivered again after a power cut: unable to sync $MAILDIR/%s: %s", maildir_parts[k + 1],
		         error_str(errno));
		s->unsynced = true;
	}
}

int serial_sync_ms(const struct serial *s)
{
	int64_t left = s->oldest + SYNC_AFTER_MS - clock_ms();

	return s->removed[0] + s->removed[1] == 0 ? -1 : left > 0 ? (int)left : 0;
}

void serial_sync_due(struct serial *s)
{
	settle_returned(s);
	if (s->removed[0] + s->removed[1] >= SYNC_AFTER || serial_sync_ms(s) == 0)
		sync_removed(s);
}

void serial_sync(struct serial *s)
{
	settle_returned(s);
	sync_removed(s);
}
