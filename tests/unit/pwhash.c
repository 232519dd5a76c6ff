/* pwhash: what may stand as a hash is what crypt(3) gives back for its own salt. */
#include "box/pwhash.h"

#include <crypt.h>

#include "tap.h"

/* All of the password "secret". */
static const char *const secrets[] = {
	"abNANd1rDfiNc",
	"..EBVOMug1tuI",
	"_J9..rasmz0.F/jqjWck",
	"$1$abcd0123$6ki7uMewzcVzQMOmoR2ev1",
	"$1$$ysVNzQc4CTMkp5daOdZ.3/",
	"$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
	"$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
	"$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
	"$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
	"$5$saltstring$C3o4O1TC6aRHF4FI.QSZMXtHbaj2gSXr4sUc/3NcUi.",
	"$5$rounds=1000$saltstringsaltst$P/psnalDJ2UyDjcLdLAGOEqcMHyX09rPWa6zNzYpkw4",
	"$6$saltstring$AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz.",
	"$6$rounds=1000$$ItXvd09GbF48UthMn1jgF27i.UiFK6lQrMQFgQ..At.nPPv1mKG8frk6rDmddXVUHVAV.2.X7lBqxtKoTwrXx0",
};

/* Not worth the time it takes to verify, or more than glibc does. */
static const char *const others[] = {
	"$2y$19$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
	"$5$rounds=9999999$salt$C3o4O1TC6aRHF4FI.QSZMXtHbaj2gSXr4sUc/3NcUi.",
	"$6$rounds=9999999$saltstringsaltst$"
	"AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz.",
	"$6$rounds=1000$a!b$iQHTEn5cMMG/8a1tsCyKFA4QTr/2.aCZtZIIzuxp1k5uUxMHhsNmrUzFPOPjhrSHxZpYRjyv5KCDDxCmdGT9C.",
};

static const char *const bad[] = {
	"", "*", "!", "x", "!ab01FAX.bQRSU", "ab01FAX.bQRS", "ab01FAX.bQRSUx", "ab01FAX.bQRS:", "secret",
	"_J9..rasmBYk8r9AiWN", "$", "$1", "$1$", "$1$$", "$6$", "$7$salt$hash", "$y$j9T$salt$hash",
	"$1$abcd01234$9Qcg8DyviekV3tDGMZynJ1",
	"$1$abcd0123$9Qcg8DyviekV3tDGMZynJ",
	"$1$ab:d0123$9Qcg8DyviekV3tDGMZynJ1",
	"$1$ab d0123$9Qcg8DyviekV3tDGMZynJ1",
	"$1$ab$d0123$9Qcg8DyviekV3tDGMZynJ1",
	"$2$04$abcdefghijklmnopqrstuuDNYH0LFPjuTpUHxnuOCd5rXNQGyJ5pC.",
	"$2c$04$abcdefghijklmnopqrstuuDNYH0LFPjuTpUHxnuOCd5rXNQGyJ5pC",
	"$2a$03$abcdefghijklmnopqrstuuDNYH0LFPjuTpUHxnuOCd5rXNQGyJ5pC",
	"$2a$20$abcdefghijklmnopqrstuuDNYH0LFPjuTpUHxnuOCd5rXNQGyJ5pC",
	"$2a$4$abcdefghijklmnopqrstuuDNYH0LFPjuTpUHxnuOCd5rXNQGyJ5pC0",
	"$2a$04$abcdefghijklmnopqrstuvDNYH0LFPjuTpUHxnuOCd5rXNQGyJ5pC",
	"$5$saltstringsaltstr$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8",
	"$5$rounds=999$salt$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8",
	"$5$rounds=10000000$salt$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8",
	"$5$rounds=05000$salt$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8",
	"$5$rounds=$salt$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8",
	"$5$rounds=5000",
	"$5$rounds=5000$",
};

static void settings(void)
{
	const unsigned char low[PWHASH_RANDOM] = {0}, high[PWHASH_RANDOM] = {[0 ... PWHASH_RANDOM - 1] = 255};
	const unsigned char count[PWHASH_RANDOM] = {0, 0x10, 0x40}; /* 0x001040 are the digits 0, 1, 1, 0 */
	char setting[PWHASH_SETTING];
	const char *hash;

	pwhash_setting(setting, low);
	is_str(setting, "$6$................", "a salt of no chance");
	pwhash_setting(setting, high);
	is_str(setting, "$6$zzzzzzzzzzzzzzzz", "and one of all");
	pwhash_setting(setting, count);
	is_str(setting, "$6$.//.............", "all bits count");
	hash = crypt("secret", setting);
	ok(hash != NULL && pwhash_ok(hash, strlen(hash)), "what crypt makes of it may stand");
}

static void let_in(const char *hash)
{
	ok(strlen(hash) <= PWHASH_MAX && pwhash_ok(hash, strlen(hash)), "let in: %s", hash);
}

static void kind(const char *hash, int want)
{
	is_int((intmax_t)pwhash_kind(hash, strlen(hash)), want, "%s takes as long as its first %d bytes say", hash, want);
}

static void compared(const char *hash)
{
	char other[PWHASH_MAX + 1];

	ok(pwhash_same(hash, hash), "%.3s... is equal to itself", hash);
	snprintf(other, sizeof other, "%s", hash);
	other[strlen(other) - 1]++;
	ok(!pwhash_same(hash, other), "the last byte counts");
	snprintf(other, sizeof other, "%s", hash);
	other[0]++;
	ok(!pwhash_same(hash, other), "the first too");
	ok(!pwhash_same(hash, "") && !pwhash_same("", hash), "nothing is something else");
}

/* What is said of it. */
static const struct {
	const char *hash, *why;
} reasons[] = {
	{"{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "prefix {SSHA} is not a scheme of crypt(3)"},
	{"{CRYPT}$6$saltstring$", "leave out the prefix {CRYPT}"},
	{"$y$j9T$salt$hash", "unknown prefix $y$, expected $6$, $5$, $2b$ or $1$"},
	{"$argon2id$v=19$m=65536", "unknown prefix $argon2id$, expected $6$, $5$, $2b$ or $1$"},
	{"$2y$20$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", "cost 20, expected 04 to 19"},
	{"$2y$03$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", "cost 03, expected 04 to 19"},
	{"$2y$10$abcdefghijklmnopqrstuu2r9OfJnfC", "38 characters, expected 60 of ./0-9A-Za-z after the cost"},
	{"$2z$10$abc", "unknown prefix, expected $2a$, $2b$, $2x$ or $2y$"},
	{"$2", "unknown prefix, expected $2a$, $2b$, $2x$ or $2y$"},
	{"$6$rounds=999$salt$hash", "rounds=999, expected 1000 to 9999999"},
	{"$5$rounds=10000000$salt$hash", "rounds=10000000, expected 1000 to 9999999"},
	{"$6$salt$hash", "expected a salt of at most 16 characters, \"$\" and 86 of ./0-9A-Za-z after $6$"},
	{"$1$", "expected a salt of at most 8 characters, \"$\" and 22 of ./0-9A-Za-z after $1$"},
	{"secret", "expected $6$, $5$, $2b$, $1$, or 13 or 20 characters of DES"},
	{"", "expected $6$, $5$, $2b$, $1$, or 13 or 20 characters of DES"},
	{"$", "expected $6$, $5$, $2b$, $1$, or 13 or 20 characters of DES"},
};

static void say_why(void)
{
	char why[PWHASH_WHY];

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		pwhash_why(reasons[i].hash, strlen(reasons[i].hash), why);
		ok(!pwhash_ok(reasons[i].hash, strlen(reasons[i].hash)) && strcmp(why, reasons[i].why) == 0, "\"%s\": %s",
		   reasons[i].hash, why);
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		let_in(secrets[i]);
		is_str(crypt("secret", secrets[i]), secrets[i], "and crypt gives the same back");
		compared(secrets[i]);
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		let_in(others[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(!pwhash_ok(bad[i], strlen(bad[i])), "kept out: \"%s\"", bad[i]);
	ok(!pwhash_ok("abNANd1rDfiN\0", 13), "kept out: a NUL");
	settings();
	kind("abNANd1rDfiNc", 0);
	kind("_J9..rasmz0.F/jqjWck", 5);
	kind("$1$rounds=[$aaaaaaaaaaaaaaaaaaaaaa", 3);
	kind("$1$abcd0123$6ki7uMewzcVzQMOmoR2ev1", 3);
	kind("$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", 7);
	kind("$5$saltstring$C3o4O1TC6aRHF4FI.QSZMXtHbaj2gSXr4sUc/3NcUi.", 3);
	kind("$5$rounds=1000$saltstringsaltst$P/psnalDJ2UyDjcLdLAGOEqcMHyX09rPWa6zNzYpkw4", 15);
	say_why();
	return done_testing();
}
