# What the tests of two gateways with a mount each of one directory, by FUSE, begin and end with.

load cluster/machines

unable() {
	if [ "${SPOOL-}" = nfs ]; then return
	elif [ "$(id -u)" != 0 ]; then echo "needs root"
	elif [ ! -c /dev/fuse ]; then echo "the kernel has no FUSE"
	elif [ -n "${EMULATED-}" ]; then echo "emulated: root"
	elif ! command -v bindfs >/dev/null; then echo "needs bindfs"
	elif ! unshare -mup --fork true 2>/dev/null; then echo "needs namespaces"
	elif [[ $CLUSTER = /var/* || $CLUSTER = /home/* ]]; then echo "the tests' own directory is below /var or /home"
	fi
}

setup_file() {
	CLUSTER=$BATS_FILE_TMPDIR/cluster
	export CLUSTER
	[ -z "$(unable)" ] || return 0
	pair_up
	gateway_files
}

teardown_file() {
	machines_down
}

setup() {
	[ -z "$(unable)" ] || skip "$(unable)"
	is_static || skip "the sanitizers' binary needs libraries"
	applets
}
