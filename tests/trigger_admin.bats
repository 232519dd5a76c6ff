# qv-domain trigger: who may call for the mail of a dial-up host.

load helper

setup() {
	fresh_root
	qv-domain add dialup some.example.com ex1 2>/dev/null
	T=$U/qv-trigger
}

# with SECRET COMMAND...: the secret comes on descriptor 3
with() {
	local secret=$1
	shift
	"$@" 3<<<"$secret"
}

states='cram-md5=[0-9a-f]{64}'

@test "nobody may call before somebody is named" {
	exits 0 qv-domain show some.example.com
	[[ $output == *"may call     nobody"* ]]
	[ ! -e "$T" ]
}

@test "a user's secret is kept as the two states of CRAM-MD5, for root alone" {
	with tanstaaftanstaaf qv-domain trigger some.example.com --user ex1 --secret-fd 3
	grep -Exq "some.example.com:user=ex1 $states" "$T"
	run ! grep -r tanstaaf "$ROOT"
	[ "$(stat -c %a "$T")" = 600 ]
	exits 0 qv-domain show some.example.com
	[[ $output == *"may call     user ex1"* ]]
	[[ $output != *cram* ]]
}

@test "the secret is read from standard input where no descriptor is named" {
	qv-domain trigger some.example.com --user ex1 <<<geheim
	cp "$T" "$BATS_TEST_TMPDIR/first"
	with geheim qv-domain trigger some.example.com --user ex1 --secret-fd 3
	cmp "$T" "$BATS_TEST_TMPDIR/first"
}

@test "what is not named stays; --off forgets all but what is named with it" {
	qv-domain trigger some.example.com --user ex1 <<<geheim
	qv-domain trigger some.example.com --from 192.0.2.7 --from 2001:DB8::/32 --autoturn
	grep -Exq "some.example.com:user=ex1 $states from=192.0.2.7 from=2001:db8::/32 autoturn" "$T"
	qv-domain trigger some.example.com --from 198.51.100.0/24
	grep -Exq "some.example.com:user=ex1 $states from=198.51.100.0/24 autoturn" "$T"
	qv-domain trigger some.example.com --off --user ex1
	grep -Exq "some.example.com:user=ex1 $states" "$T"
	qv-domain trigger some.example.com --off
	same "$T" ""
}

@test "a user of several hosts has one secret" {
	qv-domain add dialup other.example.com ex1 2>/dev/null
	qv-domain trigger some.example.com --user ex1 <<<one
	qv-domain trigger other.example.com --user ex1 </dev/null
	[ "$(grep -Eo "$states" "$T" | uniq | wc -l)" = 1 ]
	qv-domain trigger other.example.com --user ex1 --secret-fd 3 3<<<two
	[ "$(grep -Eo "$states" "$T" | uniq | wc -l)" = 1 ]
	[ "$(wc -l <"$T")" = 2 ]
}

@test "an alias stands for its host" {
	qv-domain alias also.example.com some.example.com 2>/dev/null
	qv-domain trigger also.example.com --from 192.0.2.7
	same "$T" $'some.example.com:from=192.0.2.7\n'
}

@test "comments and other lines stay as they are" {
	printf '# mine\n\nnot a line\n' >"$T"
	qv-domain trigger some.example.com --from 192.0.2.7
	same "$T" $'# mine\n\nnot a line\nsome.example.com:from=192.0.2.7\n'
}

@test "a host that is deleted is called for by nobody, nor is one that gets its name" {
	qv-domain trigger some.example.com --from 192.0.2.7
	qv-domain del some.example.com
	same "$T" ""
}

@test "bad input: one line, exit 100, nothing changed" {
	qv-domain add pop example.com ex1 2>/dev/null
	refuses 100 qv-domain trigger example.com --from 192.0.2.7
	refuses 100 qv-domain trigger nobody.example.com --from 192.0.2.7
	refuses 100 qv-domain trigger some.example.com --from 192.0.2.7/33
	refuses 100 qv-domain trigger some.example.com --from 192.0.2.7/24
	refuses 100 qv-domain trigger some.example.com --from 192.0.2
	refuses 100 qv-domain trigger some.example.com --from host.example.com
	refuses 100 qv-domain trigger some.example.com --from fe80::1%eth0
	refuses 100 qv-domain trigger some.example.com --autoturn
	refuses 100 qv-domain trigger some.example.com --user 'a b' --secret-fd 3 3<<<x
	refuses 100 qv-domain trigger some.example.com --user '' --secret-fd 3 3<<<x
	refuses 100 qv-domain trigger some.example.com --user 'a b' </dev/null
	[[ $output == *'invalid user "a b": '* ]]
	refuses 100 qv-domain trigger some.example.com --user ex1 --secret-fd 3 3</dev/null
	refuses 100 qv-domain trigger some.example.com --user ex1 --states 00
	refuses 100 qv-domain trigger some.example.com --secret-fd 3 3<<<x
	exits 100 qv-domain trigger some.example.com
	exits 100 qv-domain trigger
}

@test "--dry-run shows no secret" {
	exits 0 qv-domain -n trigger some.example.com --user ex1 <<<geheim
	[[ $output == *users/qv-trigger* ]]
	[[ $output != *cram* ]]
}

@test "show and list -j name who may call, and never a secret" {
	qv-domain trigger some.example.com --user ex1 <<<geheim
	qv-domain trigger some.example.com --from 192.0.2.0/24 --autoturn
	exits 0 qv-domain show some.example.com
	[[ $output == *"may call     from 192.0.2.0/24, autoturn"* ]]
	[[ $(qv-domain show some.example.com -j) == *'"trigger":{"user":"ex1","from":["192.0.2.0/24"],"autoturn":true},"last_call":null}' ]]
	[[ $(qv-domain list -j) == *'"trigger":{"user":"ex1",'*'"last_call":null}'* ]]
	[ "$(qv-domain list -j | grep -c cram)" = 0 ]
}

@test "export | import gives the same file" {
	qv-domain add dialup other.example.com 2>/dev/null
	qv-domain trigger some.example.com --user ex1 <<<geheim
	qv-domain trigger some.example.com --from 2001:db8::1 --from 192.0.2.0/24 --autoturn
	qv-domain trigger other.example.com --user ex1
	printf '#\nfoo\nexample.org:from=192.0.2.1\n' >>"$T"
	qv-domain export >"$BATS_TEST_TMPDIR/export"
	grep -c '^# not exported: .*qv-trigger:' "$BATS_TEST_TMPDIR/export" | grep -qx 3
	head -n 2 "$T" >"$BATS_TEST_TMPDIR/want"
	rm -rf "$ROOT"
	fresh_root
	qv-domain import "$BATS_TEST_TMPDIR/export" 2>/dev/null
	cmp "$U/qv-trigger" "$BATS_TEST_TMPDIR/want"
}
