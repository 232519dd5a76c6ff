#!/usr/bin/env bats
# Several gateways over a shared spool: GlusterFS, one volume with a copy on each of three machines (tests/cluster/machines.bash).

load helper
load cluster/machines
load cluster/storm
load cluster/page

setup_file() {
	CLUSTER=$BATS_FILE_TMPDIR/cluster
	export CLUSTER
	[ -z "$(machines_unable)" ] || return 0
	machines_up 3
	gateway_files
}

teardown_file() {
	machines_down
	CLUSTER=$BATS_FILE_TMPDIR/page
	machines_down
}

setup() {
	[ -z "$(machines_unable)" ] || skip "$(machines_unable)"
	applets
}

# Each machine reads what it then keeps for a second.
all_read() {
	local i
	for i in 1 2 3; do on "$i" sh -c 'cat /var/qmail/control/* /var/qmail/users/assign' >/dev/null 2>&1 || true; done
}

@test "cluster: changes in turn from all machines are all there, at once" {
	for i in $(seq 9); do
		all_read
		exits 0 on $((i % 3 + 1)) qv-domain add backup "turn$i.example.com" --no-subdomains
	done
	for i in $(seq 9); do has 3 control/rcpthosts "turn$i.example.com"; done
	[ "$(on 3 grep -c turn /var/qmail/control/rcpthosts)" = 9 ]
}

@test "cluster: changes at once from all machines are all there" {
	for i in 1 2 3; do
		many "$i" 3>&- &
		pids[i]=$!
	done
	for i in 1 2 3; do wait "${pids[i]}"; done
	for i in 1 2 3; do for k in 1 2 3; do has "$i" control/rcpthosts "once$k$i.example.com"; done; done
}

@test "cluster: who holds the lock on another machine is named" {
	on 2 flock /var/qmail/users/qv-lock sh -c 'printf "pid 77 on gw2" >/var/qmail/users/qv-lock; sleep 6' 3>&- &
	sleep 3
	exits 111 on 1 qv-domain -w 0 add backup held.example.com
	echo "$output"
	[[ "$output" = *"pid 77 on gw2 holds the lock"* ]]
	wait
}

@test "cluster: each machine has a master, and two never run on one" {
	for i in 1 2 3; do gateway "$i"; done
	for i in 1 2 3; do on "$i" test -e "/var/qmail/users/qv-node.gw$i"; done
	exits 111 on 2 qv-master -w 0 -e 120
	[[ "$output" = *"another qv-master is running"* ]]
}

@test "cluster: a domain is accepted when every gateway's qmail-send has read it" {
	for i in 1 2 3; do gateway "$i"; done
	exits 0 on 1 qv-domain add dialup routed.example.com ex1 --relayhost 127.0.0.1
	for i in 1 2 3; do
		on "$i" cat /var/qmail/queue/read
		on "$i" grep -qx routed.example.com:routed.example.com /var/qmail/queue/read
		has "$i" control/rcpthosts routed.example.com
	done
	exits 0 on 2 qv-domain -n del routed.example.com
	[[ "$output" = *"wait until the other gateways have read it"* ]]
}

@test "cluster: a gateway without a master is named, and nothing is accepted before it has one or is signed off" {
	for i in 1 2 3; do gateway "$i"; done
	no_master 3
	exits 111 on 1 qv-domain add dialup late.example.com ex1 --relayhost 127.0.0.1
	[[ "$output" = *"gw3 does not read control/virtualdomains, as no qv-master -e runs there"* ]]
	has 1 control/virtualdomains late.example.com:late.example.com
	run ! on 1 grep -qx late.example.com /var/qmail/control/rcpthosts
	gateway 3
	exits 0 on 1 qv-domain add dialup late.example.com ex1 --relayhost 127.0.0.1
	has 3 control/rcpthosts late.example.com
	no_master 3
	on 3 rm /var/qmail/users/qv-node.gw3
	exits 0 on 1 qv-domain add dialup later.example.com ex1 --relayhost 127.0.0.1
	has 2 control/rcpthosts later.example.com
}

@test "cluster: the commands of qvmail(7), as they are printed, share what one gateway had" {
	page_up "$BATS_FILE_TMPDIR/page"
	gateway_files
	on 1 mkdir /home/popmail /home/serialmail
	exits 0 on 1 qv-domain add dialup was.example.com ex1 --relayhost 127.0.0.1
	page_commands "$BATS_TEST_DIRNAME/../applets/qvmail.7.txt"
	has 2 control/virtualdomains was.example.com:was.example.com
	on 3 test -e /home/serialmail/was.example.com/RELAYHOST
	exits 0 on 2 qv-domain add backup now.example.com
	has 1 control/rcpthosts now.example.com
	machines_down
}

# customers_server: it takes a twentieth of a second for each message
customers_server() {
	STORE=$CLUSTER/store.$BATS_TEST_NUMBER
	mkdir -p "$STORE"
	background nsenter -t "$(cat "$CLUSTER/hub")" -n "$TESTBIN/fakesmtpd" --addr 10.77.0.100 --port 2525 --timeout 3600 --store "$STORE" --no-pipelining --delay end=50
	SERVER=$!
}

# taken N: so many are there at least
taken() {
	[ "$(find "$STORE" -name '*.msg' | wc -l)" -ge "$1" ]
}

# sends_all N HOST: a flush there leaves none
sends_all() {
	on "$1" qv-flush -q "$2"
	[ -z "$(on "$1" ls "/home/serialmail/$2/Maildir/new")" ]
}

# all_taken N TWICE: each of N was taken, and at most so many of them twice
all_taken() {
	local twice
	kill "$SERVER"
	[ "$(cat "$STORE"/*.env | grep -o 'm[0-9]*@' | sort -u | wc -l)" = "$1" ]
	twice=$(cat "$STORE"/*.env | grep -o 'm[0-9]*@' | sort | uniq -d | wc -l)
	echo "twice: $twice"
	[ "$twice" -le "$2" ]
}

@test "cluster: RELAYHOST replaced on one machine does not start a second transfer beside that of another" {
	for i in 1 2 3; do gateway "$i"; done
	on 1 rm -f /var/qmail/users/qv-node.gw3
	dialup_mail sole.example.com 1 10.77.0.100:2525
	# popusr runs it: the tests' own directory is closed to him.
	local way=/home/popmail/transfer started=/home/popmail/started
	on 1 sh -c "printf '#!/bin/sh\nhostname >>$started\nsleep 8\nrm -f Maildir/new/*\n' >$way && chmod 755 $way && : >$started && chmod 666 $started"
	on 1 qv-flush -c "$way" sole.example.com 3>&- &
	within 20 on 1 test -s "$started"
	on 2 sh -c 'cd /home/serialmail/sole.example.com && echo 127.0.0.2 >.r && mv .r RELAYHOST'
	exits 0 on 2 qv-flush -c "$way" sole.example.com
	sleep 2.5
	exits 0 on 3 qv-flush -v -c "$way" sole.example.com
	[[ "$output" = *"a transfer is under way"* ]]
	wait $!
	[ "$(on 1 cat "$started")" = gw1 ]
}

@test "cluster: a machine that is cut off in a transfer and dies: another sends the rest, at most the window twice" {
	for i in 1 2 3; do gateway "$i"; done
	dialup_mail dies.example.com 60 10.77.0.100:2525
	customers_server
	on 3 qv-flush -q dies.example.com >/dev/null 2>&1 3>&- &
	within 20 taken 5
	cable 3 down
	machine_dies 3
	within 90 sends_all 2 dies.example.com
	all_taken 60 2
}

@test "cluster: a machine that is back reads what was changed meanwhile, and is waited for again" {
	machine_up 3
	machine_mounts 3
	gateway 3
	exits 0 on 1 qv-domain add dialup back.example.com ex1 --relayhost 10.77.0.100:2525
	on 3 grep -qx back.example.com:back.example.com /var/qmail/queue/read
}

@test "cluster: the smaller part of a split sends nothing, and says why; the larger one sends" {
	for i in 1 2 3; do gateway "$i"; done
	dialup_mail split.example.com 20 10.77.0.100:2525
	customers_server
	said=$(grep -c "cut off from the others" "$CLUSTER/log" || true)
	cable 3 down
	sleep 12
	run on 3 timeout 60 qv-flush split.example.com
	echo "$output"
	[ "$status" = 111 ]
	[[ "$output" = *"fatal: unable to "* ]]
	run ! taken 1
	within 60 sends_all 1 split.example.com
	within 60 grep -q "unable to write /var/qmail/users: .*: this gateway is cut off from the others, and sends nothing" "$CLUSTER/log"
	sleep 10
	[ "$(grep -c "cut off from the others" "$CLUSTER/log")" = $((said + 1)) ]
	cable 3 up
	within 60 grep -q "users can be written again" "$CLUSTER/log"
	within 60 sends_all 3 split.example.com
	all_taken 20 0
	exits 0 on 1 qv-domain add dialup healed.example.com ex1 --relayhost 10.77.0.100:2525
	on 3 grep -qx healed.example.com:healed.example.com /var/qmail/queue/read
}

none_waits() {
	[ -z "$(on 1 sh -c 'ls /home/serialmail/storm*/Maildir/new/*' 2>/dev/null)" ]
}

# CLUSTER_SECONDS=1200: for twenty minutes; CLUSTER_SEED=n: as another time
@test "cluster: a storm loses no message and doubles none silently, and no gateway accepts what it does not route" {
	local i seed=${CLUSTER_SEED:-$RANDOM}
	customers_server
	for i in 1 2 3; do no_master "$i"; gateway "$i" 5; done
	for i in 0 1 2 3; do on 1 qv-domain add dialup "storm$i.example.com" ex1 --relayhost 10.77.0.100:2525; done
	echo "# seed $seed" >&3
	storm "${CLUSTER_SECONDS:-90}" "$seed"
	for i in 1 2 3; do gateway "$i" 5; done
	within 300 none_waits
	kill "$SERVER"
	cat "$CLUSTER/violations"
	cat "$STORE"/*.env | grep -o 'm[0-9]*@' | tr -d @ | sort >"$CLUSTER/arrived"
	echo "# left $(wc -l <"$CLUSTER/accepted"), arrived $(sort -u "$CLUSTER/arrived" | wc -l), twice $(uniq -d "$CLUSTER/arrived" | wc -l), domains $(on 1 grep -c ^new /var/qmail/control/rcpthosts)" >&3
	echo "# strikes $(cut -d' ' -f2 "$CLUSTER/strikes" | sort | uniq -c | awk '{printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2}')" >&3
	[ ! -s "$CLUSTER/violations" ]
	[ -z "$(uniq -d "$CLUSTER/arrived" | comm -23 - <(grep -oE 'new/m[0-9]+: may arrive twice|delivered twice: unable to unlink new/m[0-9]+|new/m[0-9]+: .*\(its end was sent: it may arrive twice' "$CLUSTER/log" | grep -oE 'm[0-9]+' | sort -u))" ]
	[ -z "$(cut -d' ' -f1 "$CLUSTER/accepted" | sort -u | comm -23 - <(sort -u "$CLUSTER/arrived"))" ]
}
