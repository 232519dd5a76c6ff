# The demo is a promise of the README's first command.
load helper
bats_require_minimum_version 1.5.0

# true while a server runs for DIR
serves() {
	[ -n "$(grep -las "$1[/]arrived" /proc/[0-9]*/cmdline)" ]
}

@test "demo: twenty messages wait, twenty arrive once, byte for byte" {
	exits 0 sh "$REPO/tests/demo/demo.sh" "$BATS_TEST_TMPDIR/demo"
	[ "${lines[-1]}" = "demo: 20 messages waited, 20 arrived once, byte for byte" ]
}

@test "demo: every command it shows is one that can be typed" {
	exits 0 sh "$REPO/tests/demo/demo.sh" "$BATS_TEST_TMPDIR/demo"
	for command in 'qv-domain add pop example.com ex1' 'qv-mailbox add joe@example.com' 'qv-master' 'qv-status' \
		'qv-domain add relay second-example.com mail.second-example.com' 'qv-domain add backup third-example.com'; do
		grep -qx "# $command" <<<"$output"
	done
}

@test "demo: needs no root" {
	[ "$(id -u)" = 0 ] || skip "the others ran without root already"
	# What is under test must be in a place that the user can reach.
	mkdir "$BATS_TEST_TMPDIR/all"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test "$BATS_TEST_TMPDIR"
	cp -r "$REPO/rootfs" "$BATS_TEST_TMPDIR/all/"
	mkdir "$BATS_TEST_TMPDIR/all/tests" "$BATS_TEST_TMPDIR/all/own"
	cp -r "$REPO/tests/demo" "$BATS_TEST_TMPDIR/all/tests/"
	cp "$QVMAIL" "$BATS_TEST_TMPDIR/all/"
	chmod -R a+rX "$BATS_TEST_TMPDIR/all"
	chown 1234:1234 "$BATS_TEST_TMPDIR/all/own"
	QVMAIL=$BATS_TEST_TMPDIR/all/qvmail exits 0 setpriv --reuid 1234 --regid 1234 --clear-groups \
		sh "$BATS_TEST_TMPDIR/all/tests/demo/demo.sh" "$BATS_TEST_TMPDIR/all/own/demo"
	[ "${lines[-1]}" = "demo: 20 messages waited, 20 arrived once, byte for byte" ]
}

@test "demo: the server is stopped, however it ends" {
	exits 0 sh "$REPO/tests/demo/demo.sh" "$BATS_TEST_TMPDIR/demo"
	run ! serves "$BATS_TEST_TMPDIR/demo"
	sh "$REPO/tests/demo/demo.sh" "$BATS_TEST_TMPDIR/stopped" >/dev/null 2>&1 3>&- &
	demo=$!
	until [ -s "$BATS_TEST_TMPDIR/stopped/port" ] || ! kill -0 "$demo" 2>/dev/null; do sleep 0.05; done
	serves "$BATS_TEST_TMPDIR/stopped"
	kill -TERM "$demo"
	wait "$demo" || true
	sleep 0.2
	run ! serves "$BATS_TEST_TMPDIR/stopped"
}

@test "demo: a binary that sends wrong bytes does not pass" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	sed 's/LC_ALL=C sed/LC_ALL=C sed -e s,Hello,Hallo, -e/' "$REPO/tests/demo/demo.sh" >"$BATS_TEST_TMPDIR/demo.sh"
	mkdir "$BATS_TEST_TMPDIR/tests"
	cp -r "$REPO/rootfs" "$BATS_TEST_TMPDIR/"
	cp -r "$REPO/tests/demo" "$BATS_TEST_TMPDIR/tests/"
	mv "$BATS_TEST_TMPDIR/demo.sh" "$BATS_TEST_TMPDIR/tests/demo/demo.sh"
	exits 1 sh "$BATS_TEST_TMPDIR/tests/demo/demo.sh" "$BATS_TEST_TMPDIR/demo"
	[[ "${lines[-1]}" == "demo: 20 messages waited, 20 arrived, 19 of them byte for byte"* ]]
}

@test "README: the quick start prints what it shows" {
	fresh_root
	/usr/bin/python3 - "$REPO/README.md" "$POPUID:$POPGID" <<-'PY'
		import re, subprocess, sys
		text = open(sys.argv[1]).read()
		session = text[text.index("## Quick start"):text.index("## The applets")]
		commands = re.findall(r"^    # (qv-(?:domain|mailbox) .*)\n((?:    [^#\n].*\n)*)", session, re.M)
		assert len(commands) >= 6, commands
		for command, output in commands:
		    wanted = output.replace("\n    ", "\n").removeprefix("    ").replace("510:51", sys.argv[2])
		    got = subprocess.run(command, shell=True, text=True, stdout=-1, stderr=-2)
		    assert (got.returncode, got.stdout) == (0, wanted), (command, got.stdout, wanted)
	PY
}
