# Who starts the staying master: each supervisor for real, with rootfs' own files. One life each: it starts with the words
# of /etc/default/qvmail; killed, it comes back; restarted, it is another one; stopped while a message is under way, that
# message ends first, and is sent once; nothing comes back.
load helper
load mail

setup() {
	native root
	is_static || skip "a firmware's binary is static"
	unshare -mpf true 2>/dev/null || skip "needs namespaces of its own"
	grep -q overlay /proc/filesystems || skip "the kernel has no overlay file system"
	fresh_root
	unset QVMAIL_ROOT
	mkdir -p "$ROOT"/usr/sbin "$ROOT"/usr/bin "$ROOT"/home/serialmail
	cp "$QVMAIL" "$ROOT/usr/bin/qvmail"
	for name in qv-master qv-domain qv-status; do ln -s ../bin/qvmail "$ROOT/usr/sbin/$name"; done
	echo 'ARGS="-e 60 -g 0 -c 3 --syslog"' >"$ROOT/etc/default/qvmail"
	rm "$ROOT/etc/init.d/S80qvmail"
	LAYERS=
}

teardown() {
	[ -z "$SERVER" ] || stop_server
}

# layer NAME: the supervisor's package, which `make deps` unpacked
layer() {
	[ -e "$REPO/build/$1/unpacked" ] || skip "make deps has not unpacked $1"
	LAYERS=$REPO/build/$1
}

# machine: run what is on stdin by bash in a root of its own: this machine's, below it the supervisor's package, rootfs and
# $ROOT, with process and mount namespaces, so that nothing outlives it. /home and /var/qmail are $ROOT's.
machine() {
	mkdir -p "$BATS_TEST_TMPDIR/machine"
	cat >"$ROOT/script"
	run timeout 60 unshare -mpf --kill-child --propagation private bash -euc '
		mount -t tmpfs tmpfs "$1"
		mkdir "$1/up" "$1/work" "$1/root"
		mount -t overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" overlay "$1/root"
		cd "$1/root"
		for layer in $3 "$2"; do
			tar -C "$layer" --exclude=./packages -cf - . | tar --keep-directory-symlink -xpf -
		done
		mkdir -p proc dev run home var/qmail mnt
		mount -t proc proc proc
		mount --rbind /dev dev
		mount -t tmpfs tmpfs run
		mount --bind "$2/var/qmail" var/qmail
		mount --bind "$2/home" home
		mount --bind "$2" mnt
		exec chroot . /bin/bash /script' bash "$BATS_TEST_TMPDIR/machine" "$ROOT" "$LAYERS" 3>&-
	echo "$output"
}

# life DEFINITIONS: of start, stop and restart
life() {
	serve --delay end=1500 --log "$ROOT/said"
	chmod 666 "$ROOT/said" 2>/dev/null || true
	QVMAIL_ROOT=$ROOT dialup some.example.com "$PORT"
	machine <<-END
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin
		$1
		pid() { qv-master --running; }
		# until it has: COMMAND... within 20 seconds
		until_true() { for _ in \$(seq 200); do "\$@" && return; sleep 0.1; done; echo "never: \$*"; exit 1; }
		another() { now=\$(pid) && [ "\$now" != "\$last" ]; }
		none() { ! pid >/dev/null; }
		under_way() { grep -qs "\$1" /mnt/said; }

		start
		until_true pid >/dev/null
		last=\$(pid)
		tr '\\0' ' ' <"/proc/\$last/cmdline"; echo
		if [ -z "\${mortal-}" ]; then
			kill -9 "\$last"
			until_true another
			echo "killed, it is back"
			last=\$(pid)
		fi
		restart
		until_true another
		echo "restarted, it is another one"
		mkdir -p /home/serialmail/some.example.com/Maildir/new
		printf 'Return-Path: <a@b.test>\\nDelivered-To: some.example.com-x@some.example.com\\n\\nx\\n' >/home/serialmail/some.example.com/Maildir/tmp/1
		chown popusr /home/serialmail/some.example.com/Maildir/tmp/1
		mv /home/serialmail/some.example.com/Maildir/tmp/1 /home/serialmail/some.example.com/Maildir/new/1
		until_true under_way RCPT
		stop
		until_true none
		echo "waiting: \$(ls /home/serialmail/some.example.com/Maildir/new)"
		sleep 1.5
		none && echo "stopped, it stays so"
	END
	[ "$(accepted)" = 1 ]
}

lived="/usr/sbin/qv-master -e 60 -g 0 -c 3 --syslog 
killed, it is back
restarted, it is another one
waiting: 
stopped, it stays so"

@test "runit" {
	layer runit
	life 'start() { mkdir -p /srv/sv/qvmail; ln -s /etc/qvmail/run /srv/sv/qvmail/run; runsvdir /srv/sv & }
		stop() { sv -w 20 stop /srv/sv/qvmail >/dev/null; }
		restart() { sv -w 20 restart /srv/sv/qvmail >/dev/null; }'
	[ "$(grep -v "^Service .* needs" <<<"$output")" = "$lived" ]
}

@test "s6" {
	layer s6
	life 'start() { mkdir -p /run/service/qvmail; ln -s /etc/qvmail/run /run/service/qvmail/run; s6-svscan /run/service & sleep 0.5; }
		stop() { s6-svc -d -wD -T 20000 /run/service/qvmail; }
		restart() { s6-svc -r /run/service/qvmail; }'
	[ "$(grep -v "^Service .* needs" <<<"$output")" = "$lived" ]
}

@test "OpenRC" {
	layer openrc
	mkdir -p "$ROOT/etc/init.d" "$ROOT/etc/conf.d"
	cp "$REPO/rootfs/packaging/alpine/qvmail.initd" "$ROOT/etc/init.d/qvmail"
	mv "$ROOT/etc/default/qvmail" "$ROOT/etc/conf.d/qvmail"
	printf '#!/sbin/openrc-run\n' >"$ROOT/etc/init.d/localmount" # Debian's has another name
	chmod +x "$ROOT/etc/init.d/localmount"
	life 'mkdir -p /run/openrc/{starting,started,stopping,exclusive,options,daemons,hotplugged,inactive,failed,wasinactive,scheduled}; touch /run/openrc/softlevel; rc_svc() { /etc/init.d/qvmail --quiet "$1"; }
		start() { rc_svc start; }
		stop() { rc_svc stop; }
		restart() { rc_svc restart; }'
	[ "$(grep -v "^Service .* needs" <<<"$output")" = "$lived" ]
}

# The machine's init is busybox's, and /home a file system of its own, which is unmounted before the machine is off.
@test "busybox init: inittab's lines; /home can be unmounted at the end, with a message under way" {
	cp "$(command -v busybox)" "$ROOT/usr/bin/busybox"
	serve --delay end=1500 --log "$ROOT/said"
	QVMAIL_ROOT=$ROOT dialup some.example.com "$PORT"
	{
		grep -v '^#' "$ROOT/etc/qvmail/inittab"
		echo '::shutdown:/bin/sh -c "umount /home && echo unmounted >>/mnt/log"'
		echo '::once:/bin/bash /life'
	} >"$ROOT/etc/inittab"
	cat >"$ROOT/life" <<-'END'
		exec >>/mnt/log 2>&1
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin
		until last=$(qv-master --running); do sleep 0.1; done
		tr '\0' ' ' <"/proc/$last/cmdline"; echo
		kill -9 "$last"
		until now=$(qv-master --running) && [ "$now" != "$last" ]; do sleep 0.1; done
		echo "killed, it is back"
		M=/home/serialmail/some.example.com/Maildir
		printf 'Return-Path: <a@b.test>\nDelivered-To: some.example.com-x@some.example.com\n\nx\n' >$M/tmp/1
		chown popusr $M/tmp/1
		mv $M/tmp/1 $M/new/1
		until grep -qs RCPT /mnt/said; do sleep 0.1; done
		kill -USR2 1
	END
	sed -i 's/\\\\/\\/g' "$ROOT/life"
	machine <<<'exec /usr/bin/busybox init'
	diff "$ROOT/log" - <<-END
		/usr/sbin/qv-master -e 60 -g 0 -c 3 --syslog 
		killed, it is back
		unmounted
	END
	[ "$(accepted)" = 1 ]
	[ "$(left)" = 0 ]
}

@test "run: beside another master, or where none can run, it waits a minute instead of being started each second" {
	machine <<-'END'
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin
		qv-master -e 60 -q & until qv-master --running >/dev/null; do sleep 0.1; done
		timeout 1 /etc/qvmail/run; echo "= $?"
		kill $!; wait $!
		sed -i /popusr/d /etc/passwd
		timeout 1 /etc/qvmail/run; echo "= $?"
	END
	[ "${lines[0]}" = "another qv-master is running; looking again in a minute" ]
	[ "${lines[1]}" = "= 124" ]
	[[ ${lines[2]} = "qv-master: fatal: "*popusr* ]]
	[ "${lines[3]}" = "= 124" ]
	[ "${#lines[@]}" = 4 ]
}

@test "stop: says so where a message takes longer than it may" {
	mkdir -p "$ROOT/usr/sbin"
	rm "$ROOT/usr/sbin/qv-master"
	printf '#!/bin/sh\necho 999999\n' >"$ROOT/usr/sbin/qv-master"
	chmod +x "$ROOT/usr/sbin/qv-master"
	machine <<<'/etc/qvmail/stop 1; echo "= $?"'
	[ "$output" = "qvmail: still sending a message
= 1" ]
}
