#!/usr/bin/env bats
# Two gateways with a mount each of one directory, by FUSE: what a network file system changes. make check-cluster has the real one.

load helper
load cluster/pair

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

@test "shared: what a gateway has read is seen where its marks are not, and of one that is gone it does not count" {
	for i in 1 2; do gateway "$i"; done
	unseen() {
		on 1 strace -f -qq -o /dev/null -P /var/qmail/users/qv-node.gw2 -e inject=fcntl:error=EBADF qv-domain add dialup unseen.example.com ex1 --relayhost 127.0.0.1
	}
	exits 0 unseen
	has 2 control/rcpthosts unseen.example.com
	no_master 2
	on 1 sed -i /^unseen.example.com/d /var/qmail/control/rcpthosts
	exits 111 unseen
	[[ "$output" = *"gw2 does not read control/virtualdomains, as no qv-master -e runs there"* ]]
	run ! on 1 grep -qx unseen.example.com /var/qmail/control/rcpthosts
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
}

# finds TEXT: qv-check on gw1 does
finds() {
	run on 1 qv-check
	echo "$output"
	[[ "$output" = *"$1"* ]]
}

finds_nothing() {
	! finds qv-node
}

# finds_written VERSION ME TEXT: its master writes there too, now and then
finds_written() {
	on 2 sh -c "printf '%s\n' '$1' '$2' >/var/qmail/users/qv-node.gw2"
	finds "$3"
}

finds_only_clock() {
	finds "the clock of gw2 is " && [[ "$output" = *" seconds ahead"* && "$output" != *"gw2 runs"* && "$output" != *"control/me of"* ]]
}

@test "shared: qv-check finds gateways that disagree" {
	for i in 1 2; do gateway "$i"; done
	within 20 finds_nothing
	within 20 finds_written 'qvmail 0.0.9' gw.example.net "gw2 runs qvmail 0.0.9"
	within 20 finds_written "$("$QVMAIL" --version)" other.example.net "control/me of gw2 is other.example.net, and here gw.example.net"
	no_master 2
	finds "gw2 has no running qv-master -e"
	ln -s "$OBJECTS/later" "$CLUSTER/qv-master"
	stays 2 env LATER=60 "$CLUSTER/qv-master" -e 120
	# It begins with its marks; what it writes follows.
	within 20 finds_only_clock
	no_master 2
	stays 2 env LATER=-60 "$CLUSTER/qv-master" -e 120
	within 20 finds " seconds behind"
	no_master 2
	gateway 2
	background on 2 sh -c 'kill -STOP $(pgrep -x qmail-send)'
	background on 1 qv-domain add dialup unread.example.com ex1 --relayhost 127.0.0.1
	within 20 finds "gw2 has not read virtualdomains or locals since they were changed"
	on 2 sh -c 'kill -CONT $(pgrep -x qmail-send)'
	no_master 1
	within 20 finds "gw1 has no running qv-master -e"
}

@test "shared: a qmail-send that has just started is told too, as it may have read what was kept" {
	for i in 1 2; do gateway "$i"; done
	local master
	master=$(on 2 qv-master --running)
	on 2 kill -STOP "$master"
	on 2 pkill -9 -x qmail-send
	on 2 rm /var/qmail/queue/read
	background on 2 python3 "$CLUSTER/send.py"
	within 20 on 2 grep -q routed.example.com /var/qmail/queue/read
	on 2 sh -c ': >/var/qmail/queue/read'
	on 2 kill -CONT "$master"
	within 20 on 2 grep -q routed.example.com /var/qmail/queue/read
}

@test "shared: a gateway that has not mounted users changes nothing" {
	gateway 1
	on 2 umount -l /var/qmail/users
	exits 111 on 2 qv-domain add backup half.example.com
	[[ "$output" = *"/var/qmail/control/ is on a network file system, and /var/qmail/users is not: mount it too" ]]
	run ! on 1 grep -q half.example.com /var/qmail/control/rcpthosts
	on 2 mount --bind "$CLUSTER/gw2/volume/users" /var/qmail/users
	exits 0 on 2 qv-domain add backup half.example.com
}

@test "shared: a gateway that has not mounted the homes, or control, changes nothing" {
	local what
	for i in 1 2; do gateway "$i"; done
	for what in /home/serialmail /home/popmail /var/qmail/control; do
		on 2 umount -l "$what"
		exits 111 on 2 qv-domain add dialup homeless.example.com ex1 --relayhost 127.0.0.1
		[[ "$output" = *"other gateways share /var/qmail/users, and $what is on no network file system: mount it too" ]]
		run ! on 2 test -e /home/serialmail/homeless.example.com
		on 2 mount --bind "$CLUSTER/gw2/volume/${what##*/}" "$what"
	done
	run ! on 1 grep -q homeless.example.com /var/qmail/control/rcpthosts /var/qmail/control/virtualdomains
	exits 0 on 2 qv-domain add dialup homeless.example.com ex1 --relayhost 127.0.0.1
	on 1 test -e /home/serialmail/homeless.example.com
}
