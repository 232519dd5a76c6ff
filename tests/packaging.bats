# What packages are made from, and the recipe for a firmware. The Debian package's whole life is make check-deb.
load helper

setup() {
	cd "$REPO" || exit
	TMP=$BATS_TEST_TMPDIR
	P=rootfs/packaging
}

@test "packages: all have the version of the Makefile" {
	version=$(sed -n 's/^VERSION = //p' Makefile)
	diff <(
		sed -nE '1s/.*\((.*)-1\).*/\1/p' $P/debian/changelog
		sed -n 's/^pkgver=//p' $P/alpine/APKBUILD
		sed -n 's/^QVMAIL_VERSION = //p' $P/buildroot/package/qvmail/qvmail.mk
		sed -n 's/^PKG_VERSION:=//p' $P/openwrt/qvmail/Makefile
	) <(printf "$version\n%.0s" 1 2 3 4)
}

@test "packages: the licence is README's, and each names it" {
	sed -n '/^0BSD:$/,$p' README.md | tail -n +3 | diff - $P/LICENSE
	awk '!NF { on = 0 } on { sub(/^ \.?/, ""); print } /^License: 0BSD$/ { on = 1 }' $P/debian/copyright |
		diff - <(tail -n +3 $P/LICENSE)
	grep -q '^license="0BSD"' $P/alpine/APKBUILD
	grep -q '^QVMAIL_LICENSE = 0BSD' $P/buildroot/package/qvmail/qvmail.mk
	grep -q '^PKG_LICENSE:=0BSD' $P/openwrt/qvmail/Makefile
}

@test "the master's options are the same wherever nothing else is said, and /etc/default/qvmail says them" {
	options=$(. rootfs/etc/default/qvmail && echo "$ARGS")
	{
		sed -n 's/^ARGS="\(.*\)"/\1/p' rootfs/etc/init.d/S80qvmail rootfs/etc/qvmail/run
		sed -n 's/^Environment="ARGS=\(.*\)"/\1/p' $P/systemd/qvmail.service
		sed -n 's/^command_args="${ARGS-\(.*\)}"/\1/p' $P/alpine/qvmail.initd
		sed -n "s/^\toption args '\(.*\)'/\1/p" $P/openwrt/qvmail/files/qvmail.config
		sed -n "s/^\tconfig_get args master args '\(.*\)'/\1/p" $P/openwrt/qvmail/files/qvmail.init
	} | uniq -c | diff - <(printf '%7d %s\n' 6 "$options")
}

@test "scripts for a firmware are scripts of busybox's shell" {
	grep -rlE --exclude=Makefile '^#!/(bin/sh|sbin/openrc-run)' rootfs | while read -r script; do
		busybox ash -n "$script"
	done
}

@test "systemd: nothing forbids a setuid qmail-queue" {
	run ! grep -nE '^(NoNewPrivileges=yes|User=|DynamicUser=)' $P/systemd/*.service
}

# What rc.common and procd would do is printed.
@test "procd: the master, its options from UCI, and the time that it may take to end" {
	mkdir -p "$TMP/bin"
	cat >"$TMP/script" <<-END
		config_load() { :; }
		config_get() { eval "\$1=\\\${UCI-\\\$4}"; }
		procd_open_instance() { :; }
		procd_close_instance() { :; }
		procd_set_param() { echo "\$*"; }
		$(sed 's,/usr/sbin/qv-master $args -n,true,' $P/openwrt/qvmail/files/qvmail.init)
		start_service
	END
	busybox ash "$TMP/script" | diff - <(printf '%s\n' 'command /usr/sbin/qv-master -e 120 --syslog' 'respawn 3600 5 0' 'stderr 1' 'term_timeout 60')
	UCI='-e 5 -c 2' busybox ash "$TMP/script" | grep -q '^command /usr/sbin/qv-master -e 5 -c 2$'
}

@test "dist: the same bytes from another place, at another time, under another umask" {
	git rev-parse HEAD >/dev/null 2>&1 || skip "needs a clone of the project, by git"
	date=$(git log -1 --format=%ct)
	.tools/dist "$TMP/one.tar.gz" qvmail-x
	mkdir "$TMP/there"
	tar xf "$TMP/one.tar.gz" -C "$TMP/there"
	diff <(git ls-files | LC_ALL=C sort) <(cd "$TMP/there/qvmail-x" && find . -type f -printf '%P\n' | LC_ALL=C sort)
	find "$TMP/there" -exec touch {} +
	(cd "$TMP/there/qvmail-x" && umask 077 && SOURCE_DATE_EPOCH=$date GIT_DIR=/nowhere .tools/dist "$TMP/two.tar.gz" qvmail-x)
	cmp "$TMP/one.tar.gz" "$TMP/two.tar.gz"
}

@test "what is to be linked is read from the sources where the binary does not run here" {
	diff <(.tools/links | sort) <("$QVMAIL" --list-full | sort)
	diff <(.tools/links flush master qmail-newu | sort) <(printf '%s\n' usr/sbin/qv-flush usr/sbin/qv-master var/qmail/bin/qmail-newu)
}

# As packages build it. The binary is another CPU's here, so that nothing of it can be run.
@test "install PAGES=no: from a SYSROOT, for another CPU: binary and links alone" {
	binary=$(make -pn CC=gcc SYSROOT="$TMP/none" 2>/dev/null | sed -n 's/^BIN := //p')
	[ "$binary" = "build/$(gcc -dumpmachine)/qvmail" ]
	mkdir -p "$TMP/none/lib"
	touch "$TMP/none/lib/libcdb.a"
	make -Bn CC=gcc SYSROOT="$TMP/none" "${binary%qvmail}qvmail.o" >"$TMP/all"
	make -Bn CC=gcc SYSROOT="$TMP/none" APPLETS=flush "${binary%qvmail}small/qvmail.o" >"$TMP/one"
	grep -q ' -c -o .*/qvmail.o qvmail.c' "$TMP/all"
	run ! grep -e -DONLY "$TMP/all"
	grep -q "DONLY='&flush_applet" "$TMP/one"
	printf 'not of this CPU' >"$TMP/qvmail"
	.tools/install '' "$TMP/qvmail" "$TMP/to" /usr
	diff <(cd "$TMP/to" && find . ! -type d | sort) <(
		{ echo ./usr/bin/qvmail; "$QVMAIL" --list-full | sed -n 's|^.*/qv-|./&|p'; } | sort)
	[ "$(readlink "$TMP/to/usr/sbin/qv-flush")" = ../bin/qvmail ]
	APPLETS="flush master" .tools/install '' "$TMP/qvmail" "$TMP/few" /usr
	[ "$(cd "$TMP/few/usr/sbin" && echo *)" = "qv-flush qv-master" ]
}

@test "install: under any umask others get to it, names of other packages are asked for, and pages are as large as README says" {
	compat() { find "$TMP/to" ! -type d ! -name 'qv*' ! -path '*/share/*' | wc -l; }
	(umask 077 && .tools/install "$QVMAIL" "$QVMAIL" "$TMP/to" /usr 1)
	[ -z "$(find "$TMP/to" -mindepth 1 ! -type l ! -perm 755 ! -perm 644)" ]
	[ "$(compat)" -gt 3 ]
	for no in '' 0 no; do
		rm -r "$TMP/to"
		.tools/install "$QVMAIL" "$QVMAIL" "$TMP/to" /usr $no
		[ "$(compat)" = 0 ]
	done
	said=$(grep -oP 'PAGES=no leaves out \K[0-9]+' README.md)
	is=$(($(find "$TMP/to/usr/share" -type f -printf '%s+')0))
	[ $((is / 1000 - said)) -le 3 ] && [ $((said - is / 1000)) -le 3 ] || { echo "$is bytes, README: $said KB"; return 1; }
}

# README's lines, word by word but for CROSS=, as the image is booted here; then busybox is its userland.
@test "firmware: README's recipe makes an image in which qv-check finds nothing, whose master starts, and which takes a dial-up host" {
	unshare -mpf true 2>/dev/null || skip "needs namespaces of its own"
	export T=$TMP/image
	mkdir -p "$T"/{bin,etc,proc,dev,var/run,home}
	chmod 755 "$T"
	cp "$(command -v busybox)" "$T/bin/busybox"
	ln -s busybox "$T/bin/sh"
	mknod -m 666 "$T/dev/null" c 1 3
	echo root:x:0:0:root:/root:/bin/sh >"$T/etc/passwd"
	sed -n '/^## Into a firmware/,/^## /s/^    \([^#]\)/\1/p' README.md | sed 's/CROSS=[^ ]* //' >"$TMP/recipe"
	[ "$(wc -l <"$TMP/recipe")" = 8 ]
	diff "$TMP/recipe" <(sed -n '/^FIRMWARE/,/^STARTING/s/^  \$ //p' applets/qvmail.7.txt | sed 's/CROSS=[^ ]* //')
	umask 022
	sh -euc "$(cat "$TMP/recipe")"
	[ ! -e "$T/usr/share" ]
	cmp "$T/usr/bin/qvmail" build/qvmail
	command=$(sed -n '/^## Into a firmware/,/^## /s/^    # //p' README.md)
	run timeout 60 unshare -mpf --kill-child sh -c 'mount -t proc proc "$1/proc" && exec chroot "$1" /bin/sh -c "
		PATH=/usr/sbin:/bin; qv-check && $2 && /etc/init.d/S80qvmail start && qv-status && qv-check; echo = \$?; /etc/init.d/S80qvmail stop"' \
		sh "$T" "$command" 3>&-
	echo "$output"
	[[ $output = *"Starting qvmail: OK"*"some.example.com"*$'\n'"= 0"$'\n'"Stopping qvmail: OK"* ]]
	[ "$(cat "$T/home/serialmail/some.example.com/RELAYHOST")" = 192.0.2.7 ]
}
