#!/bin/bash
# inside.sh: the package's life, on the machine that debian.sh makes. Prints what was proved, and "all is well".
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
D=/home/serialmail/some.example.com
trap 'echo "failed in line $LINENO: $BASH_COMMAND"; systemctl status qvmail --no-pager | tail -n 30; journalctl -q -b --no-pager 2>/dev/null | tail -n 30' ERR

until_true() { for _ in $(seq 200); do "$@" && return; sleep 0.1; done; echo "never: $*"; return 1; }
pid() { qv-master --running 2>/dev/null; }
another() { now=$(pid) && [ -n "$now" ] && [ "$now" != "$last" ]; }
none() { ! pid >/dev/null; }
took() { [ "$(find /store -name '*.msg' | wc -l)" = "$1" ]; }
queued() { grep -qs "taken by $(id -u qmailq)" /var/qmail/queue/*; }
leave() { # NAME
	printf 'Return-Path: <a@b.test>\nDelivered-To: some.example.com-%s@some.example.com\n\nx\n' "$1" >"$D/Maildir/tmp/$1"
	chown popusr "$D/Maildir/tmp/$1"
	mv "$D/Maildir/tmp/$1" "$D/Maildir/new/$1"
}
mail() { (cd /home && find . -printf '%y %m %u:%g %p\n' | sort && find . -type f -exec sha256sum {} + | sort) | sha256sum; }
proved() { echo "  $*"; }

dpkg -i /made/build/deb/*-1_*.deb
getent passwd popusr
[ "$(systemctl is-enabled qvmail)" = enabled ]
[ "$(systemctl is-active qvmail || true)" = inactive ]
[ "$(systemctl is-enabled qv-odmr.socket qv-etrn.socket || true)" = $'disabled\ndisabled' ]
proved "installed: popusr is there; without control/me nothing runs; no port is open"

adduser --quiet --system --no-create-home --home /var/qmail qmailq 2>/dev/null
mkdir -p /var/qmail/{control,users,queue,bin} /home/serialmail /store
for file in rcpthosts virtualdomains locals smtproutes; do : >/var/qmail/control/$file; done
echo gw.example.net >/var/qmail/control/me
echo . >/var/qmail/users/assign
chown qmailq /var/qmail/queue
install -o qmailq -m 4711 /qmail-queue /var/qmail/bin/qmail-queue
/fakesmtpd --timeout 250 --store /store --log /said --reply 'rcpt:2=550 5.1.1 no such user' --delay end=800 >/port &
until_true grep -q . /port
qv-domain add dialup some.example.com ex1 --relayhost "127.0.0.1:$(cat /port)"
qv-domain trigger some.example.com --from 127.0.0.1
systemctl start qvmail
until_true pid >/dev/null
last=$(pid)
[ "$(tr '\0' ' ' </proc/"$last"/cmdline)" = "/usr/sbin/qv-master -e 120 --syslog " ]
grep -q '^NoNewPrivs:.*0$' "/proc/$last/status"
leave 1
until_true took 1
leave 2
until_true queued
[ -z "$(ls $D/Maildir/new)" ]
[ -p /home/serialmail/.qv-wake ]
[ -s $D/.qv-status ]
said=$(journalctl -q -b --no-pager -t qv-master -t qv-flush | grep -iE 'unable|not confined' || true)
[ -z "$said" ] || { echo "$said"; false; }
proved "the unit delivers, and bounces through a setuid qmail-queue: $(head -qn 1 /var/qmail/queue/*)"
proved "its capabilities: $(grep CapBnd "/proc/$last/status")"

kill -9 "$last"
until_true another
last=$(pid)
systemctl reload qvmail
sleep 1
[ "$(pid)" = "$last" ]
proved "killed, it is back; reload keeps it"

: >/said
leave 3
until_true grep -qs RCPT /said
systemctl stop qvmail
none
took 2
[ -z "$(ls $D/Maildir/new)" ]
proved "stopped with a message under way: that was sent once"

/etc/init.d/qvmail start
/etc/init.d/qvmail start
/etc/init.d/qvmail status
/etc/init.d/qvmail reload
/etc/init.d/qvmail stop
none
proved "the init script works with dpkg's start-stop-daemon"

said=$(systemd-analyze --man=no verify qvmail.service qv-etrn.socket qv-odmr.socket qv-etrn@.service qv-odmr@.service 2>&1 | grep -v inside.service || true)
[ -z "$said" ] || { echo "$said"; false; }
for unit in qvmail.service qv-etrn@.service; do proved "$(systemd-analyze security --offline=true "$unit" | tail -n 1)"; done
systemctl start qv-etrn.socket qv-odmr.socket
exec 3<>/dev/tcp/127.0.0.1/366
read -r greeting <&3
echo "$greeting" | grep '^220 '
exec 3>&-
leave 4
exec 3<>/dev/tcp/127.0.0.1/2525
printf 'EHLO x\r\nETRN some.example.com\r\nQUIT\r\n' >&3
grep -a '^25[013] ' <&3
exec 3>&-
until_true took 3
until_true grep -q '^delivered 1' $D/.qv-status
said=$(journalctl -q -b --no-pager -t qv-trigger | grep -iE 'unable|not confined' || true)
[ -z "$said" ] || { echo "$said"; false; }
proved "sockets: ODMR greets, ETRN starts a flush, which ends after its caller has gone"

systemctl start qvmail
until_true pid >/dev/null
last=$(pid)
echo '# mine' >>/etc/default/qvmail
was=$(mail)
dpkg --force-confold -i /made/build/deb/*-2_*.deb
until_true another
grep -q '^# mine' /etc/default/qvmail
[ "$(mail)" = "$was" ]
proved "upgraded: another master, the administrator's options, the same mail"

dpkg -r qvmail
[ -z "$(pgrep qv-master || true)" ]
[ ! -e /usr/bin/qvmail ]
[ -e /etc/default/qvmail ]
[ "$(systemctl is-active qv-etrn.socket || true)" = inactive ]
[ "$(mail)" = "$was" ]
dpkg -P qvmail
[ -z "$(dpkg-query -W qvmail 2>/dev/null || true)" ]
left=$(find /etc /usr /lib/systemd /var/lib -name '*qvmail*' -o -name 'qv-*' ! -path '/var/lib/dpkg/*' | grep -v '^/var/lib/dpkg' || true)
[ -z "$left" ] || { echo "left: $left"; false; }
[ "$(mail)" = "$was" ]
[ -s /var/qmail/users/assign ]
getent passwd popusr >/dev/null
proved "removed and purged: nothing of it is left, and all mail is"
echo "all is well"
