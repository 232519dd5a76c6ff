#!/usr/bin/env bats
# Two gateways that send from one directory, as in shared.bats: what may arrive twice is said, and nothing is lost.

load helper
load cluster/pair

@test "shared: where a sender was killed, the next one says which messages may arrive twice" {
	local arrived doubted
	server --no-pipelining --hang accepted:3
	dialup_mail doubt.example.com 40 "$AT"
	on 1 qv-flush -q doubt.example.com 3>&- &
	within 20 test -e "$STORE/0003.msg"
	on 1 pkill -9 -x qv-flush
	wait $! || true
	arrived=$(cat "$STORE"/*.env | grep -o 'm[0-9]*@' | tr -d '@\n')
	sleep 0.5
	exits 0 on 2 qv-flush doubt.example.com
	echo "$output"
	[[ "$output" = *"may arrive twice: pid "*" on gw1 had begun to send it, and did not finish"* ]]
	doubted=$(in_doubt)
	[[ $doubted = "m${arrived##*m}"* ]]
	[ "$(tr -d 0-9 <<<"$doubted" | wc -c)" -le 12 ] # a few that were next
	[ "$(cat "$STORE"/*.env | grep -o 'm[0-9]*@' | sort | uniq -d)" = "m${arrived##*m}@" ]
	dialup_mail doubt.example.com 1 "$AT"
	on 1 sh -c 'cd /home/serialmail/doubt.example.com/Maildir/new && mv m1 fresh'
	exits 0 on 1 qv-flush doubt.example.com
	[[ "$output" != *"may arrive twice"* ]]
	kill "$SERVER"
}

# returns HOST NAME...: the file system brings these messages back, as GlusterFS does where no copy of a directory is right: it
# keeps what any of them has. They were copied to $CLUSTER/HOST before.
returns() {
	local name
	for name in "${@:2}"; do cp -a "$CLUSTER/$1/$name" "$CLUSTER/spool/serialmail/$1/Maildir/new"; done
	sleep 1.5 # the machines have kept the directory
}

# mail_kept HOST N: so many messages wait, and are copied
mail_kept() {
	dialup_mail "$1" "$2" "$AT"
	cp -a "$CLUSTER/spool/serialmail/$1/Maildir/new" "$CLUSTER/$1"
}

# times_arrived NAME
times_arrived() {
	cat "$STORE"/*.env | grep -c "$1@"
}

@test "shared: what was sent and is brought back by the file system may arrive twice, and that is said" {
	server
	mail_kept back.example.com 3
	exits 0 on 1 qv-flush back.example.com
	[[ "$output" != *"may arrive twice"* ]]
	returns back.example.com m2
	exits 0 on 2 qv-flush back.example.com
	echo "$output"
	[[ "$output" = *"new/m2: may arrive twice: it was sent before, but still exists or was brought back by the file system"* ]]
	[ "$(in_doubt)" = m2 ]
	[ "$(times_arrived m2)" = 2 ]
	returns back.example.com m1 m2
	exits 0 on 1 qv-flush back.example.com
	[ "$(in_doubt)" = m1m2 ]
	kill "$SERVER"
}

@test "shared: so it is of one that a sender had removed before it was killed" {
	server --no-pipelining --hang accepted:30
	mail_kept killed.example.com 40
	on 1 qv-flush -q killed.example.com 3>&- &
	within 20 test -e "$STORE/0030.msg"
	sleep 1
	on 1 pkill -9 -x qv-flush
	wait $! || true
	run ! test -e "$CLUSTER/spool/serialmail/killed.example.com/Maildir/new/m1"
	returns killed.example.com m1
	exits 0 on 2 qv-flush killed.example.com
	echo "$output"
	[[ "$output" = *"new/m1: may arrive twice: it was sent before"* ]]
	kill "$SERVER"
}

@test "shared: what was sent and not yet removed when the sender was killed may arrive twice, and that is said" {
	server
	dialup_mail slow.example.com 40 "$AT"
	on 1 strace -f -qq -o /dev/null -e trace=unlinkat -e inject=unlinkat:delay_enter=60000000 qv-flush -q slow.example.com 3>&- &
	within 20 test -e "$STORE/0040.msg"
	on 1 pkill -9 -x qv-flush
	on 1 pkill -9 -x strace
	wait $! || true
	sleep 0.5
	exits 0 on 2 qv-flush slow.example.com
	echo "$output"
	[ "$(cat "$STORE"/*.env | grep -o 'm[0-9]*@' | tr -d @ | sort | uniq -d)" = "$(grep -o 'new/m[0-9]*: may arrive twice' <<<"$output" | grep -o 'm[0-9]*:' | tr -d : | sort -u)" ]
	kill "$SERVER"
}

# As it is below the mounts, which keep its size for a second.
notes() {
	[ "$(stat -c %s "$CLUSTER/spool/serialmail/taken.example.com/.qv-lock")" -gt $((1 << 21)) ]
}

# Its machine was cut off: it believes that it has the locks. Of what it starts, flock is not tampered with.
@test "shared: a sender that was taken over sends nothing more, and leaves the notes of the one that took over" {
	local late sent
	server
	dialup_mail taken.example.com 3 "$AT"
	late=$SERVER
	kill -STOP "$late"
	background on 1 strace -qq -o /dev/null -e inject=flock:retval=0 qv-flush taken.example.com
	sent=$!
	within 20 connected
	server --no-pipelining --hang accepted:2
	on 2 sh -c "echo $AT >/home/serialmail/taken.example.com/RELAYHOST"
	on 2 qv-flush -q taken.example.com 3>&- &
	within 20 test -e "$STORE/0002.msg"
	notes
	sleep 1.5 # gw1 has kept the size for a second
	kill -CONT "$late"
	wait "$sent" || true
	grep -q "taken.example.com: nothing more is sent: another gateway has taken over" "$CLUSTER/log"
	notes
	[ "$(cat "$STORE"/*.env | grep -o 'm[0-9]*@' | sort | uniq -d)" = "" ]
	on 2 pkill -9 -x qv-flush
	kill "$late" "$SERVER"
	sleep 0.5
	run on 2 qv-flush taken.example.com
	[[ "$(in_doubt)" = m2* ]]
}

both_in_doubt() {
	output=$(on 2 qv-flush -c false other.example.com 2>&1)
	[ "$(in_doubt)" = m1m2 ]
}

@test "shared: of a transport that was killed, all that is left may arrive twice" {
	dialup_mail other.example.com 2 127.0.0.1
	on 1 sh -c "printf '#!/bin/sh\nexec sleep 71\n' >/home/popmail/way && chmod 755 /home/popmail/way"
	on 1 qv-flush -c /home/popmail/way other.example.com 3>&- &
	within 20 on 1 pgrep -fx "sleep 71.*"
	on 1 pkill -9 -x qv-flush
	on 1 pkill -9 -fx "sleep 71.*"
	wait $! || true
	within 20 both_in_doubt # when the file system has let go of the lock
}

@test "shared: what cannot be noted is not sent" {
	server
	dialup_mail full.example.com 3 "$AT"
	exits 111 on 1 strace -f -qq -o /dev/null -e inject=pwrite64:error=ENOTCONN qv-flush full.example.com
	[[ "$output" = *"nothing more is sent: what is under way cannot be noted in .qv-lock: Socket not connected"* ]]
	run ! compgen -G "$STORE/*.msg"
	exits 0 on 1 qv-flush full.example.com
	kill "$SERVER"
}

# Each is noted, in a file that has its limits.
@test "shared: the window does not grow" {
	local new=$CLUSTER/spool/serialmail/wide.example.com/Maildir/new
	timeout 60 python3 -B "$BATS_TEST_DIRNAME/odd/holding.py" "$BATS_TEST_TMPDIR/under-way" 1 >"$BATS_TEST_TMPDIR/port" 3>&- &
	within 10 test -s "$BATS_TEST_TMPDIR/port"
	dialup_mail wide.example.com 1 "127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")"
	"$TESTBIN/leave" "$new" wide.example.com 1000 200
	chown -R 510:51 "$new"
	exits 0 on 1 qv-flush wide.example.com
	wait $!
	[[ "$output" != *"the window grows"* ]]
	paste -sd' ' "$BATS_TEST_TMPDIR/under-way"
	[ "$(sort -n "$BATS_TEST_TMPDIR/under-way" | tail -n 1)" = 256 ]
}

# taken N
taken() {
	[ "$(find "$STORE" -name '*.msg' | wc -l)" = "$1" ]
}

@test "shared: what another gateway delivers is not announced: a master says so once, and finds it in its next pass" {
	for i in 1 2; do gateway "$i"; done
	server
	on 2 qv-domain add dialup polled.example.com ex1 --relayhost "$AT"
	for i in 1 2; do no_master "$i"; done
	local said
	said=$(grep -cF "file system does not report changes made by others" "$CLUSTER/log")
	gateway 2 2
	letter 1 polled.example.com m1
	within 20 taken 1
	letter 1 polled.example.com m2
	within 20 taken 2
	says $((said + 1)) "file system does not report changes made by others"
	no_master 2
	kill "$SERVER"
}

@test "shared: directories that are slow to read delay mail, and lose or double none" {
	for i in 1 2; do gateway "$i"; done
	server
	for i in 1 2 3; do dialup_mail "slow$i.example.com" 4 "$AT"; done
	for i in 1 2; do no_master "$i"; done
	on 1 sh -c 'rm /home/serialmail/slow[123].example.com/.qv-on-demand'
	for i in 1 2; do
		on "$i" strace -f -qq -o /dev/null -e trace=getdents64 -e inject=getdents64:delay_enter=200000 qv-master -q 3>&- &
		passes[i]=$!
	done
	for i in 1 2; do wait "${passes[i]}"; done
	within 20 taken 12
	[ "$(cat "$STORE"/*.env | grep -o 'm[0-9]*@slow[0-9]' | sort -u | wc -l)" = 12 ]
	kill "$SERVER"
}

@test "shared: clocks that differ by an hour lose, bounce and hold up no mail" {
	for i in 1 2; do gateway "$i"; done
	dialup_mail clocks.example.com 1 127.0.0.1:1
	for i in 1 2; do no_master "$i"; done
	ln -sf "$OBJECTS/later" "$CLUSTER/qv-flush"
	exits 111 on 2 env LATER=3600 "$CLUSTER/qv-flush" clocks.example.com
	server
	on 1 sh -c "echo $AT >/home/serialmail/clocks.example.com/RELAYHOST"
	letter 2 clocks.example.com ahead "+1 hour"
	letter 2 clocks.example.com behind "-1 hour"
	sleep 1.5
	exits 0 on 1 qv-status clocks.example.com
	exits 0 on 1 qv-flush -t 7200 clocks.example.com
	[[ "$output" = *"3 delivered, 0 deferred, 0 bounced"* ]]
	letter 1 clocks.example.com last
	sleep 1.5
	exits 0 on 2 env LATER=-3600 "$CLUSTER/qv-flush" -t 60 clocks.example.com
	[[ "$output" = *"1 delivered, 0 deferred, 0 bounced"* ]]
	taken 4
	kill "$SERVER"
}

@test "shared: a master that is cut off says so once and sends nothing, and goes on when it is mounted again" {
	[ "${SPOOL-}" != nfs ] || skip "there it waits, and says nothing: nfs.bats"
	for i in 1 2; do no_master "$i"; gateway "$i" 2; done
	server
	on 1 qv-domain add dialup cut.example.com ex1 --relayhost "$AT"
	on 2 pkill -9 -x bindfs
	within 20 says 1 "unable to write /var/qmail/users: Socket not connected: this gateway is cut off from the others"
	sleep 4 # two passes, four looks
	no_master 1
	letter 1 cut.example.com m
	on 2 umount -l /var/qmail/control /var/qmail/users /home/popmail /home/serialmail "$CLUSTER/gw2/volume"
	sleep 2 # not on the disk below
	says 0 "can be written again"
	pair_mounts 2
	within 20 says 1 "/var/qmail/users can be written again: mail is sent"
	within 20 test -e "$STORE/0001.msg"
	says 1 "this gateway is cut off"
	says 0 "unable to stat /home/serialmail"
	exits 111 on 2 qv-master -w 0 -e 120
	gateway 1
	exits 0 on 1 qv-domain add dialup uncut.example.com ex1 --relayhost 127.0.0.1
	kill "$SERVER"
}
