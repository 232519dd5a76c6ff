/* cdbwalk - all records of a cdb that is in memory, in their order. */
#include "qmail/cdbwalk.h"

enum { TABLES = 256, HEADER = TABLES * 8 };

static size_t number(const unsigned char *p)
{
	return (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
}

/* The tables follow the records without a gap and end the file. */
int cdbwalk_begin(struct cdbwalk *w, const char *p, size_t n)
{
	size_t table, slots, all = 0;

	*w = (struct cdbwalk){.p = (const unsigned char *)p, .at = HEADER, .end = n, .bad = n < HEADER};
	for (size_t i = 0; i < TABLES && !w->bad; i++) {
		table = number(w->p + i * 8);
		slots = number(w->p + i * 8 + 4);
		w->bad = table < HEADER || table > n || slots > (n - table) / 8;
		w->end = table < w->end ? table : w->end;
		all += slots * 8;
	}
	w->bad = w->bad || all != n - w->end;
	return w->bad ? -1 : 0;
}

bool cdbwalk_next(struct cdbwalk *w)
{
	size_t room = w->end - w->at;

	if (w->bad || room == 0)
		return false;
	w->bad = room < 8;
	if (w->bad)
		return false;
	w->keylen = number(w->p + w->at);
	w->datalen = number(w->p + w->at + 4);
	w->bad = w->keylen > room - 8 || w->datalen > room - 8 - w->keylen;
	if (w->bad)
		return false;
	w->key = (const char *)w->p + w->at + 8;
	w->data = w->key + w->keylen;
	w->at += 8 + w->keylen + w->datalen;
	return true;
}
