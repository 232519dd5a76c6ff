#!/bin/bash
# busybox-init-shutdown.sh: busybox init runs ::shutdown: before it ends anything.
#
# sysvinit and systemd stop the services at a halt, send TERM and KILL to what is left, and unmount behind that. busybox 1.35.0
# (Debian 12) as init runs the ::shutdown: lines of inittab first, and waits for each; only then it sends TERM to all, and KILL
# a second later. So "::shutdown:/bin/umount -a -r", the line of many an inittab, comes while every ::respawn: is at work: what
# these have open is busy, and is not unmounted.
#
# Seen, at a halt (USR2):
#   service: started
#   shutdown: begun
#   shutdown: ended
#   service: TERM
#
# Wants user namespaces, and Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=1:1.35.0-4+deb12u1+b1

(
	cd "$T"
	apt-get -q download -o APT::Sandbox::User=root "busybox-static=$VERSION"
	dpkg -x busybox-static_*.deb .
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }

cat >"$T/service" <<'SH'
#!/bin/sh
trap 'echo "service: TERM" >>"$0.log"; exit' TERM
echo "service: started" >>"$0.log"
: >"$0.ready"
while :; do sleep 0.1; done
SH
cat >"$T/shutdown" <<'SH'
#!/bin/sh
log=${0%shutdown}service.log
echo "shutdown: begun" >>"$log"
sleep 0.5
echo "shutdown: ended" >>"$log"
SH
cat >"$T/halt" <<'SH'
#!/bin/sh
while [ ! -e "${0%halt}service.ready" ]; do sleep 0.05; done
kill -USR2 1
SH
chmod +x "$T/service" "$T/shutdown" "$T/halt"
printf '%s\n' "::respawn:$T/service" "::once:$T/halt" "::shutdown:$T/shutdown" >"$T/inittab"
: >"$T/service.log"
# Process 1 of a namespace, with this inittab in /etc; at the end it halts, so that there is no exit code of interest.
# shellcheck disable=SC2016
timeout 30 unshare --map-root-user --mount --pid --fork --kill-child --mount-proc sh -eu -c '
	mkdir "$1/etc"
	mv "$1/inittab" "$1/etc"
	mount -t overlay overlay -o "lowerdir=$1/etc:/etc" /etc
	exec "$1/bin/busybox" init' sh "$T" </dev/null >"$T/said" 2>&1 || true
got=$(cat "$T/service.log")
want='service: started
shutdown: begun
shutdown: ended
service: TERM'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; cat "$T/said"; exit 1; }
echo "as described: $got"
