# The init script as a firmware runs it: busybox's sh and start-stop-daemon in a root of its own, the static binary, and
# process and mount namespaces, so that nothing outlives a test.
load helper

setup() {
	native root
	unshare -mpf true 2>/dev/null || skip "needs namespaces of its own"
	! readelf -lW "$QVMAIL" | grep -q INTERP || skip "a firmware's binary is static"
	fresh_root
	unset QVMAIL_ROOT
	mkdir -p "$ROOT"/bin "$ROOT"/usr/sbin "$ROOT"/usr/bin "$ROOT"/proc "$ROOT"/dev "$ROOT"/var/run "$ROOT"/var/log
	cp /bin/busybox "$ROOT/bin/busybox"
	ln -s busybox "$ROOT/bin/sh" # which finds the other applets in itself
	cp "$QVMAIL" "$ROOT/usr/bin/qvmail"
	ln -s ../bin/qvmail "$ROOT/usr/sbin/qv-master"
	mknod -m 666 "$ROOT/dev/null" c 1 3
	INIT=/etc/init.d/S80qvmail
}

# firmware SCRIPT: run by busybox's sh in there
firmware() {
	run timeout 30 unshare -mpf --kill-child sh -c 'mount -t proc proc "$1/proc" && exec chroot "$1" /bin/sh -c "
		PATH=/usr/sbin:/bin; PID=/var/run/qvmail.pid; INIT=$2; $3"' sh "$ROOT" "$INIT" "$1"
	echo "$output"
}

@test "init script: start, status, stop, each with its exit code" {
	firmware '$INIT start; echo "= $?"; $INIT status; echo "= $?"; cat /proc/$(cat $PID)/cmdline | tr "\\000" " "; echo
		$INIT stop; echo "= $?"; $INIT status; echo "= $?"; ls -A /var/run'
	pid=$(sed -n 's/.*(pid \(.*\))/\1/p' <<<"${lines[2]}")
	same <(echo "$output") "Starting qvmail: OK
= 0
qvmail is running (pid $pid)
= 0
/usr/sbin/qv-master -e 120 --syslog 
Stopping qvmail: OK
= 0
qvmail is not running
= 3
"
}

@test "init script: start twice is one master, stop twice is no error" {
	firmware '$INIT start; $INIT start; echo "= $?"; ps | grep -c [q]v-master; $INIT stop; $INIT stop; echo "= $?"'
	same <(echo "$output") "Starting qvmail: OK
qvmail is running (pid $(sed -n 's/^qvmail is running (pid \(.*\))$/\1/p' <<<"$output"))
= 0
1
Stopping qvmail: OK
qvmail is not running
= 0
"
}

@test "init script: restart makes another master, also where none was" {
	firmware '$INIT restart; a=$(cat $PID); $INIT restart; b=$(cat $PID); [ $a != $b ] && echo another; ps | grep -c [q]v-master'
	same <(echo "$output") "qvmail is not running
Starting qvmail: OK
Stopping qvmail: OK
Starting qvmail: OK
another
1
"
}

@test "init script: reload keeps the master, and is a failure where none runs" {
	firmware '$INIT reload; echo "= $?"; $INIT start; a=$(cat $PID); $INIT reload; echo "= $?"; $INIT status; [ $a = $(cat $PID) ] && $INIT stop'
	same <(echo "$output" | sed 's/(pid .*)/(pid)/') "qvmail is not running
= 1
Starting qvmail: OK
Reloading qvmail: OK
= 0
qvmail is running (pid)
Stopping qvmail: OK
"
}

@test "init script: the pid file of a dead master, or of a stranger, stops nobody and keeps nobody from starting" {
	firmware 'sleep 20 & echo $! >$PID; $INIT status; echo "= $?"; $INIT stop; kill -0 $! && echo "the stranger lives"
		echo 9999 >$PID; $INIT start; $INIT status; echo "= $?"'
	[ "${lines[0]}" = "qvmail is not running" ]
	[ "${lines[1]}" = "= 3" ]
	[ "${lines[3]}" = "the stranger lives" ]
	[ "${lines[4]}" = "Starting qvmail: OK" ]
	[ "${lines[6]}" = "= 0" ]
}

@test "init script: a master that cannot run is a failure, and the console says why" {
	sed -i /popusr/d "$ROOT/etc/passwd"
	firmware '$INIT start; echo "= $?"'
	[[ "${lines[0]}" == "Starting qvmail: qv-master: fatal: "*popusr* ]]
	[ "${lines[1]}" = FAIL ]
	[ "${lines[2]}" = "= 1" ]
	rm "$ROOT/usr/sbin/qv-master"
	firmware '$INIT start; echo "= $?"; ls -A /var/run'
	[ "${lines[-1]}" = "= 1" ]
}

@test "init script: /etc/default/qvmail has other words for qv-master" {
	mkdir -p "$ROOT/etc/default"
	echo 'ARGS="-e 5 -c 3"' >"$ROOT/etc/default/qvmail"
	firmware '$INIT start; cat /proc/$(cat $PID)/cmdline | tr "\\000" " "'
	[ "${lines[1]}" = "/usr/sbin/qv-master -e 5 -c 3 " ]
}

@test "init script: a wrong word in /etc/default/qvmail is a failure, and the console says which" {
	mkdir -p "$ROOT/etc/default"
	for args in '-e often' '--sylog' '-e 120 now'; do
		echo "ARGS=\"$args\"" >"$ROOT/etc/default/qvmail"
		firmware '$INIT start; echo "= $?"; $INIT status'
		[[ "${lines[0]}" == "Starting qvmail: qv-master: fatal: "* ]]
		[ "${lines[1]}" = FAIL ]
		[ "${lines[2]}" = "= 1" ]
		[ "${lines[3]}" = "qvmail is not running" ]
	done
}

@test "init script: words that make no master stay are a failure, undone, with a reason" {
	mkdir -p "$ROOT/etc/default"
	for args in -q '' '-e 120 -n' --help; do
		echo "ARGS=\"$args\"" >"$ROOT/etc/default/qvmail"
		firmware '$INIT start; echo "= $?"; $INIT status; ls -A /var/run; ps | grep "[q]v-master -"'
		same <(echo "$output") "Starting qvmail: FAIL: \"qv-master $args\" does not stay: it needs -e SECONDS, or another pass is not done yet
= 1
qvmail is not running
"
	done
}

@test "init script: a master that was started in another way is seen, and stopped" {
	firmware 'qv-master -e 60 -q & until qv-master --running >/dev/null; do :; done
		$INIT start; echo "= $?"; $INIT status; echo "= $?"; $INIT stop; echo "= $?"; wait $!; echo "ended $?"; $INIT status; ls -A /var/run'
	pid=$(sed -n '1s/.*(pid \(.*\))/\1/p' <<<"$output")
	same <(echo "$output") "qvmail is running (pid $pid)
= 0
qvmail is running (pid $pid)
= 0
Stopping qvmail: OK
= 0
ended 0
qvmail is not running
"
}

@test "init script: a flush that outlived its master is named by status and stop" {
	firmware 'mkfifo /f; (echo qv-flush >/proc/self/comm; read x </f) & sleep 1; $INIT status; $INIT stop; echo "= $?"; echo >/f; wait; echo $!'
	pid=${lines[-1]}
	same <(echo "$output") "qvmail is not running
qv-flush (pid $pid) is sending, and ends by itself
qvmail is not running
qv-flush (pid $pid) is sending, and ends by itself
= 0
$pid
"
}

@test "init script: stop names the flush of an earlier master, too" {
	firmware 'mkfifo /f; (echo qv-flush >/proc/self/comm; read x </f) & sleep 1; $INIT start; $INIT stop; echo "= $?"; echo >/f; wait; echo $!'
	same <(echo "$output") "Starting qvmail: OK
Stopping qvmail: OK
qv-flush (pid ${lines[-1]}) is sending, and ends by itself
= 0
${lines[-1]}
"
}

@test "init script: without /var/run, and without /proc, start, status and stop say what is true" {
	for name in start-stop-daemon rm sleep; do # /proc/self/exe is how busybox's sh finds them otherwise
		ln -s busybox "$ROOT/bin/$name"
	done
	for without in 'rmdir /var/run' 'umount /proc' 'rmdir /var/run; umount /proc'; do
		mkdir -p "$ROOT/var/run"
		firmware "$without"'; $INIT start; echo "= $?"; $INIT status; echo "= $?"; $INIT start; $INIT stop; echo "= $?"; $INIT status; echo "= $?"'
		pid=$(sed -n 's/^qvmail is running (pid \(.*\))/\1/p;' <<<"$output" | head -1)
		same <(echo "$output") "Starting qvmail: OK
= 0
qvmail is running (pid $pid)
= 0
qvmail is running (pid $pid)
Stopping qvmail: OK
= 0
qvmail is not running
= 3
"
	done
}

@test "init script: a pass that cron began is no staying master, and start waits for its end" {
	for host in a b c; do
		mkdir -p "$ROOT/home/serialmail/$host.example.com/Maildir/"{new,cur,tmp}
		echo 127.0.0.1:1 >"$ROOT/home/serialmail/$host.example.com/RELAYHOST"
		echo junk >"$ROOT/home/serialmail/$host.example.com/Maildir/new/1"
		chown -R 510:51 "$ROOT/home/serialmail/$host.example.com"
	done
	firmware 'qv-master -q -g 2 2>/dev/null & sleep 1; $INIT status; $INIT start; echo "= $?"; $INIT status; $INIT stop'
	[ "${lines[0]}" = "qvmail is not running" ]
	[ "${lines[1]}" = "Starting qvmail: OK" ]
	[ "${lines[2]}" = "= 0" ]
	[[ "${lines[3]}" == "qvmail is running (pid "* ]]
	[ "${lines[4]}" = "Stopping qvmail: OK" ]
}

@test "init script: where it starts the master, a line that is up before begins no pass" {
	mkdir -p "$ROOT/home/serialmail/a.example.com/Maildir/"{new,cur,tmp}
	echo 127.0.0.1:1 >"$ROOT/home/serialmail/a.example.com/RELAYHOST"
	echo junk >"$ROOT/home/serialmail/a.example.com/Maildir/new/1"
	chown -R 510:51 "$ROOT/home/serialmail/a.example.com"
	firmware 'export PATH; IFACE=eth0 /etc/network/if-up.d/qvmail; sleep 1; ls /home/serialmail/a.example.com/.qv-status
		$INIT start; echo "= $?"; $INIT stop
		chmod -x $INIT; IFACE=eth0 /etc/network/if-up.d/qvmail; until [ -e /home/serialmail/a.example.com/.qv-status ]; do sleep 0.1; done'
	[[ "${lines[0]}" = *"No such file"* ]]
	[ "${lines[-3]}" = "Starting qvmail: OK" ]
	[ "${lines[-2]}" = "= 0" ]
	[ "${lines[-1]}" = "Stopping qvmail: OK" ]
}

@test "init script: anything else is misuse" {
	firmware '$INIT; echo "= $?"; $INIT frobnicate; echo "= $?"'
	same <(echo "$output") "usage: $INIT start|stop|restart|reload|status
= 1
usage: $INIT start|stop|restart|reload|status
= 1
"
}

@test "init script: what the master says goes to syslog's mail facility" {
	mkdir -p "$ROOT/home/serialmail/some.example.com/Maildir/"{new,cur,tmp}
	echo 127.0.0.1:1 >"$ROOT/home/serialmail/some.example.com/RELAYHOST"
	echo junk >"$ROOT/home/serialmail/some.example.com/Maildir/new/1"
	chown -R 510:51 "$ROOT/home/serialmail/some.example.com"
	firmware 'syslogd -O /var/log/messages; $INIT start
		for i in 1 2 3 4 5 6 7 8 9; do grep -q some.example.com /var/log/messages && break; sleep 1; done
		cat /var/log/messages; kill $(cat /var/run/syslogd.pid)'
	grep -q 'mail\..*some\.example\.com' <<<"$output"
}

@test "crontab and inittab: what they run is a command line that qv-master takes" {
	crontab=$(grep -v '^#' "$ROOT/etc/qvmail/crontab")
	inittab=$(grep -v '^#' "$ROOT/etc/qvmail/inittab")
	run=$(sed -n 's/^ARGS="\(.*\)"/\1/p' "$ROOT/etc/qvmail/run")
	[ "$crontab" = "*/2 * * * * /usr/sbin/qv-master -q --syslog" ]
	[ "$inittab" = "::respawn:/etc/qvmail/run
::shutdown:/etc/qvmail/stop" ]
	[ "$run" = "-e 120 --syslog" ]
	QVMAIL_ROOT=$ROOT exits 0 qv-master -n -q --syslog
	QVMAIL_ROOT=$ROOT exits 0 qv-master -n -e 120 --syslog
}
