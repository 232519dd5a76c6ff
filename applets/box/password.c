/* password - hash a password, and compare one with a hash: the only file that calls crypt(3). */
#include "box/password.h"

#include <crypt.h>
#include <string.h>
#include <sys/random.h>

#include "lib/join.h"

/* No password has this hash: crypt never returns it. Its salt is as long as ours, so that the work is the same. */
static const char nobodys[] =
	"$6$................$"
	"......................................................................................";

int password_hash(struct ctx *ctx, const char *password, char to[PWHASH_MAX + 1])
{
	unsigned char random[PWHASH_RANDOM];
	char setting[PWHASH_SETTING];
	const char *hash;

	if (getrandom(random, sizeof random, 0) != sizeof random)
		return err_sys(&ctx->err, "unable to get random bytes");
	pwhash_setting(setting, random);
	hash = crypt(password, setting);
	if (hash == NULL || !pwhash_ok(hash, strlen(hash)))
		return err_perm(&ctx->err, "unable to hash this password; choose another one");
	join(to, PWHASH_MAX + 1, hash, NULL);
	return 0;
}

bool password_fits(const char *password, const char *hash)
{
	bool is_somebody = *hash != '\0';
	const char *held = is_somebody ? hash : nobodys;
	const char *got = crypt(password, held);
	bool same = got != NULL && pwhash_same(got, held);

	return same && is_somebody;
}
