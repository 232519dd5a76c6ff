# What `make bench` measured is held to the table of targets.

load helper

# judge [ROW]...
# shellcheck disable=SC2120
judge() {
	bash "$BATS_TEST_DIRNAME/bench/judge.sh" "$BATS_TEST_TMPDIR/records" "$BATS_TEST_TMPDIR/targets" "$@"
}

# recorded NAME RUN...
recorded() {
	(. "$BATS_TEST_DIRNAME/bench/record.sh" && printf '%s\n' "${@:2}" | RECORDS=$BATS_TEST_TMPDIR/records ROW=fast record "$1")
}

setup() {
	printf '# a comment\nfast\tmost\t2\tadd, of its floor\nfast\tleast\t1.5\tstream, of a peer\n' >"$BATS_TEST_TMPDIR/targets"
}

@test "bench-check: a target is missed when every run misses it" {
	recorded 'add, of its floor' 2.3 1.9 2.2
	recorded 'stream, of a peer' 1.2 1.6 1.4
	judge
	recorded 'add, of its floor' 2.3 2.01 2.2
	run -1 judge
	[[ $output == *"add, of its floor"*" 2.200 (2.010-2.300)  MISSED"* ]]
	recorded 'add, of its floor' 1 1 1
	recorded 'stream, of a peer' 1.2 1.3 1.49
	run -1 judge
	[[ $output == *"stream, of a peer"*"MISSED" ]]
}

@test "bench-check: only the rows that were asked for are judged" {
	printf 'slow\tmost\t1\tother\n' >>"$BATS_TEST_TMPDIR/targets"
	recorded 'add, of its floor' 1
	judge >"$BATS_TEST_TMPDIR/out"
	grep -qx 'slow *other *most *1  not measured' "$BATS_TEST_TMPDIR/out"
	run -0 judge fast
	[[ $output != *slow* ]]
	run -1 judge slow
	[[ $output == *"nothing was measured" ]]
}

@test "bench-check: a line of the table that is none is an error" {
	recorded 'add, of its floor' 1
	echo 'fast most 2 add, of its floor' >>"$BATS_TEST_TMPDIR/targets"
	run -1 judge
	[[ $output == *"targets:4: invalid line"* ]]
}

@test "bench-check: the project's table has no invalid line" {
	recorded 'import, of its floor' 1
	run bash "$BATS_TEST_DIRNAME/bench/judge.sh" "$BATS_TEST_TMPDIR/records" "$BATS_TEST_DIRNAME/bench/targets"
	[[ $output != *"invalid line"* ]]
}
