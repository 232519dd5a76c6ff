/* offers - what the server's reply to EHLO promises (RFC 5321 4.1.1.1). */
#ifndef SMTP_OFFERS_H
#define SMTP_OFFERS_H

#include <stdbool.h>
#include <stdint.h>

struct smtp_offers {
	bool pipelining;   /* RFC 2920 */
	bool chunking;     /* RFC 3030 */
	bool eightbit;     /* 8BITMIME, RFC 6152 */
	bool utf8;         /* SMTPUTF8, RFC 6531 */
	bool size;         /* RFC 1870 */
	uint64_t size_max; /* bytes; 0: no limit that the server tells */
	uint64_t mail_max; /* messages in a session, LIMITS MAILMAX (RFC 9422); 0: no limit that the server tells */
};

/* One line of the reply without its code; not the first one, which is the server's name. Unknown words are no offer. */
void smtp_offers_add(struct smtp_offers *o, const char *line);

#endif
