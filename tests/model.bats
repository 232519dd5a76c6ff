# What qmail does, written down a second time (tests/model), beside what qvmail does. `make random` asks much more.

load helper

# beside NAME SEED COUNT
beside() {
	applets
	mkdir "$BATS_TEST_TMPDIR/model"
	chmod o+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/model"
	/usr/bin/python3 -B "$REPO/tests/model/$1.py" "$QVMAIL" "$BATS_TEST_TMPDIR/model" "${@:2}"
}

@test "newu: a thousand tables become what the model of qmail-newu makes of them, or are refused at the same line" {
	beside newu 1 1000
}

@test "route: the model of qmail decides the same about 5000 addresses" {
	[ "$(id -u)" = 0 ] || skip "needs root: other users' files"
	beside route 1 5000
}
