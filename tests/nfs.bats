#!/usr/bin/env bats
# Two gateways over NFSv4, each a client of its own: in a kernel that has it, which tests/nfs boots.

load helper
load cluster/machines

setup_file() {
	CLUSTER=$BATS_FILE_TMPDIR/cluster
	export CLUSTER
	[ "${SPOOL-}" = nfs ] || return 0
	pair_up
	gateway_files
}

teardown_file() {
	machines_down
}

setup() {
	[ "${SPOOL-}" = nfs ] || skip "make check-cluster boots a kernel with NFS"
	applets
}

# Each reads what it then keeps for a second.
both_read() {
	for i in 1 2; do on "$i" sh -c 'cat /var/qmail/control/* /var/qmail/users/assign; ls -lR /home/popmail' >/dev/null 2>&1 || true; done
}

@test "nfs: changes in turn from both gateways are all there, at once" {
	for k in $(seq 10); do
		both_read
		exits 0 on $((k % 2 + 1)) qv-domain add backup "turn$k.example.com" --no-subdomains
	done
	for i in 1 2; do [ "$(on "$i" grep -c ^turn /var/qmail/control/rcpthosts)" = 10 ]; done
	exits 0 on 1 qv-domain add pop box.example.com bx1 --no-subdomains
	for k in $(seq 10); do
		both_read
		exits 0 on $((k % 2 + 1)) qv-mailbox add "u$k@box.example.com"
	done
	for i in 1 2; do
		on "$i" qv-mailbox list box.example.com
		[ "$(on "$i" qv-mailbox list box.example.com | grep -c '^u')" = 10 ]
	done
}

@test "nfs: changes at once from both gateways are all there" {
	many 1 3>&- &
	many 2
	wait $!
	for i in 1 2; do for n in 1 2; do for k in 1 2 3; do has "$i" control/rcpthosts "once$n$k.example.com"; done; done; done
}

@test "nfs: what one gateway has paused the other does not flush" {
	dialup_mail paused.example.com 1 127.0.0.1
	run on 2 qv-flush -v paused.example.com
	exits 0 on 1 qv-domain pause paused.example.com
	sleep 2
	run on 2 qv-flush -v paused.example.com
	[[ "$output" = *"is paused"* ]]
	exits 0 on 1 qv-domain resume paused.example.com
	sleep 2
	run on 2 qv-flush -v paused.example.com
	[[ "$output" != *"is paused"* ]]
}

# cable N down: nothing of that client's reaches the server; up
cable() {
	case $2 in
	down) ip route add blackhole "127.1.0.$1" table local ;;
	up) ip route del blackhole "127.1.0.$1" table local ;;
	esac
}

# Where a hard mount has lost its server all that looks there waits, in the kernel.
@test "nfs: who is cut off for longer than its lease sends nothing more; another goes on" {
	local late sent
	server
	dialup_mail lease.example.com 5 "$AT"
	late=$SERVER
	kill -STOP "$late"
	background on 1 qv-flush lease.example.com
	sent=$!
	within 60 connected
	cable 1 down
	server --no-pipelining --hang accepted:2
	on 2 sh -c "echo $AT >/home/serialmail/lease.example.com/RELAYHOST"
	within 120 on 2 flock -n /home/serialmail/lease.example.com/RELAYHOST true
	on 2 qv-flush -q lease.example.com 3>&- &
	within 60 test -e "$STORE/0002.msg"
	cable 1 up
	kill -CONT "$late"
	wait "$sent" || true
	cat "$CLUSTER/log"
	[ "$(cat "$STORE"/*.env | grep -o 'm[0-9]*@' | sort | uniq -d)" = "" ]
	says 1 "lease.example.com: nothing more is sent: "
	on 2 pkill -9 -x qv-flush
	kill "$late" "$SERVER"
	server
	on 2 sh -c "echo $AT >/home/serialmail/lease.example.com/RELAYHOST"
	sleep 1
	exits 0 on 2 qv-flush lease.example.com
	[[ "$(in_doubt)" = m2* ]]
	[ "$(on 1 ls /home/serialmail/lease.example.com/Maildir/new | wc -l)" = 0 ]
	kill "$SERVER"
}

@test "nfs: a master that lost its server waits, and goes on by itself" {
	for i in 1 2; do gateway "$i" 2; done
	server
	on 1 qv-domain add dialup back.example.com ex1 --relayhost "$AT"
	cable 1 down
	letter 2 back.example.com m
	within 120 test -e "$STORE/0001.msg"
	sleep 20 # its lease is over
	cable 1 up
	within 60 on 1 test -e /var/qmail/users/qv-node.gw1
	no_master 2
	letter 1 back.example.com n
	within 60 test -e "$STORE/0002.msg"
	exits 111 on 1 qv-master -w 0 -e 120
	[[ "$output" = *"another qv-master is running"* ]]
	gateway 2
	exits 0 on 1 qv-domain add dialup after.example.com ex1 --relayhost 127.0.0.1
	kill "$SERVER"
	cat "$CLUSTER/log"
}
