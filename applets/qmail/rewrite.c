/* rewrite - how qmail-send classifies an address: local or remote, and its rewritten form. */
#include "qmail/rewrite.h"

#include <string.h>

#include "qmail/rcpt.h"

static bool find_percent(const struct buf *b, size_t before, size_t *at)
{
	for (*at = before; *at > 0; --*at)
		if (b->p[*at - 1] == '%') {
			--*at;
			return true;
		}
	return false;
}

static void cut(struct buf *b, size_t n)
{
	b->len = n;
	if (b->p != NULL)
		b->p[n] = '\0';
}

bool rewrite_step(const struct rewrite_maps *maps, struct buf *address, struct constmap_entry *entry)
{
	size_t host = rcpt_host(buf_text(address), address->len), percent;

	if (host > address->len) {
		*entry = (struct constmap_entry){0};
		buf_printf(address, "@%s", maps->envnoathost);
		return !buf_failed(address);
	}
	if (!constmap_find(&maps->percenthack, CONSTMAP_LIST, address->p + host, address->len - host, entry) ||
	    !find_percent(address, host - 1, &percent))
		return false;
	cut(address, host - 1);
	address->p[percent] = '@';
	return true;
}

/* The key that decides: whole address, host, suffixes, "". */
static bool find_virtual(const struct constmap *map, const struct buf *address, size_t host, struct constmap_entry *e)
{
	const char *key;
	size_t len;

	if (constmap_find(map, CONSTMAP_MAP, address->p, address->len, e))
		return true;
	for (size_t at = 0; constmap_suffix(address->p + host, address->len - host, &at, &key, &len);)
		if (constmap_find(map, CONSTMAP_MAP, key, len, e))
			return true;
	return constmap_find(map, CONSTMAP_MAP, "", 0, e);
}

void rewrite(const struct rewrite_maps *maps, const struct buf *address, struct buf *to, struct rewrite *how)
{
	size_t host = rcpt_host(buf_text(address), address->len);

	*how = (struct rewrite){.how = REWRITE_REMOTE};
	if (host > address->len)
		return; /* no "@": out of memory in rewrite_step() */
	if (constmap_find(&maps->locals, CONSTMAP_LIST, address->p + host, address->len - host, &how->entry))
		how->how = REWRITE_LOCAL;
	else if (find_virtual(&maps->virtualdomains, address, host, &how->entry))
		how->how = how->entry.valuelen > 0 ? REWRITE_VIRTUAL : REWRITE_EXCLUDED;
	if (how->how == REWRITE_VIRTUAL) {
		buf_add(to, how->entry.value, how->entry.valuelen);
		buf_char(to, '-');
	}
	buf_add(to, address->p, address->len);
}
