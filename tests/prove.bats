# A slice of each proof of tests/prove; all of them, at every point: make prove.
load helper

# a_slice PROOF: what it prints is there, and nothing is violated
a_slice() {
	export PYTHONDONTWRITEBYTECODE=1
	exits 0 "$BATS_TEST_DIRNAME/prove/$1" slice
	[[ $output == *$'\t0' ]]
	run ! grep -vE $'^seed |^no mounts without root|^[^:]*: no quota: |^[^\t]+\t[0-9]+\t0$' <<<"$output"
}

@test "prove: killed at any call, whatever changes the configuration is safe, and run again ends as it would have" {
	a_slice kill
}

@test "prove: each call failed once, or from there on, or was made and answered with an error, is told of, or does not matter; nothing is lost or left behind" {
	a_slice fail
}

@test "prove: each allocation failed once, or from there on, is told of, or does not matter" {
	a_slice alloc
}

@test "prove: few descriptors, small files, a full or a read-only file system: told of, and later it works" {
	command -v prlimit >/dev/null || skip "needs prlimit, of util-linux"
	a_slice limits
}

@test "prove: links and FIFOs in place of what is popusr's: root never follows one, nor waits there" {
	[ "$(id -u)" = 0 ] || skip "needs root: popusr's processes"
	a_slice swap
}

@test "prove: administrators, masters and flushes at once, a soak: nothing is lost, each message goes once, all is flat" {
	a_slice soak
}

@test "prove: weeks in seconds: lifetimes, intervals, wake-ups; behind a fault all has left within one pass" {
	a_slice live
}
