#!/usr/bin/env bats
# Two gateways with a mount each of one directory, by FUSE: what a network file system changes. make check-cluster has the real one.

load helper
load cluster/machines

unable() {
	if [ "$(id -u)" != 0 ]; then echo "needs root"
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

@test "shared: the lock's file stays and names its holder, temporary files have the machine's name" {
	exits 0 on 1 strace -f -qq -e trace=openat -o "$CLUSTER/trace" qv-domain add backup one.example.com --no-subdomains
	grep -q '"\.rcpthosts\.gw1\.new"' "$CLUSTER/trace"
	[[ "$(on 2 cat /var/qmail/users/qv-lock)" = "pid "*" on gw1" ]]
	on 2 flock /var/qmail/users/qv-lock sh -c 'printf "pid 77 on gw2" >/var/qmail/users/qv-lock; sleep 4' 3>&- &
	within 5 on 1 grep -q 77 /var/qmail/users/qv-lock
	exits 111 on 1 qv-domain -w 0 add backup two.example.com --no-subdomains
	[[ "$output" = *"pid 77 on gw2 holds the lock"* ]]
	exits 0 on 1 qv-domain add backup two.example.com --no-subdomains
	has 2 control/rcpthosts two.example.com
}

@test "shared: each gateway has a master, and a domain is accepted when both have read it" {
	for i in 1 2; do gateway "$i"; done
	exits 111 on 2 qv-master -w 0 -e 120
	[[ "$output" = *"another qv-master is running"* ]]
	exits 0 on 1 qv-domain -n add dialup routed.example.com ex1 --relayhost 127.0.0.1
	[[ "$output" = *"wait until the other gateways have read it"*"+routed.example.com"* ]]
	exits 0 on 1 qv-domain add dialup routed.example.com ex1 --relayhost 127.0.0.1
	for i in 1 2; do on "$i" grep -qx routed.example.com:routed.example.com /var/qmail/queue/read; done
	has 2 control/rcpthosts routed.example.com
}

@test "shared: a gateway without a master is named, and nothing is accepted before it has one" {
	for i in 1 2; do gateway "$i"; done
	no_master 2
	exits 111 on 1 qv-domain add dialup late.example.com ex1 --relayhost 127.0.0.1
	[[ "$output" = *"gw2 does not read control/virtualdomains, as no qv-master -e runs there"* ]]
	run ! on 1 grep -qx late.example.com /var/qmail/control/rcpthosts
	run on 1 qv-check
	[[ "$output" = *"users/qv-node.gw2"*"gw2 has no running qv-master -e"* ]]
	gateway 2
	exits 0 on 1 qv-domain add dialup late.example.com ex1 --relayhost 127.0.0.1
	has 2 control/rcpthosts late.example.com
	run on 1 qv-check
	[[ "$output" != *"gw2"* ]]
	on 2 sh -c 'printf "qvmail 0.0.9" >/var/qmail/users/qv-node.gw2'
	run on 1 qv-check
	[[ "$output" = *"gw2 runs qvmail 0.0.9"* ]]
}
