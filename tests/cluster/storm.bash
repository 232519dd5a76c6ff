# A storm: for some time machines die, cables are cut and masters are killed at random, while mail arrives and domains are added
# on all of them. $CLUSTER/accepted has each message that was left, "ID MACHINE"; $CLUSTER/violations what must not be.

# leaves N ID: a message arrives on that machine, for one of four hosts; it counts if that succeeded
leaves() {
	local host=storm$(($2 % 4)).example.com
	timeout 30 nsenter -t "$(cat "$CLUSTER/gw$1/pid")" -n -m -u -p sh -c 'cd /home/serialmail/$0/Maildir &&
		printf "Return-Path: <a@b.test>\nDelivered-To: $0-m$1@$0\n\nbody\n" >tmp/m$1 && chown 510:51 tmp/m$1 && mv tmp/m$1 new/m$1' \
		"$host" "$2" 2>/dev/null && echo "m$2 $1" >>"$CLUSTER/accepted"
}

# adds N ID: a domain; a gateway that is away may make that impossible
adds() {
	on "$1" timeout 60 qv-domain -w 20 add dialup "new$2.example.com" ex1 --relayhost 10.77.0.100:2525 >/dev/null 2>&1
}

# What is accepted on a machine is routed there: rcpthosts is looked at first.
routed_everywhere() {
	local i host
	for i in 1 2 3; do
		[ -s "$CLUSTER/gw$i/pid" ] || continue
		on "$i" timeout 20 sh -c 'hosts=$(grep ^new /var/qmail/control/rcpthosts) || exit 0
			for host in $hosts; do grep -qx "$host:$host" /var/qmail/queue/read || echo "$(hostname): $host is accepted and not routed"; done' \
			2>/dev/null >>"$CLUSTER/violations" || true
	done
}

boots_again() {
	machine_up "$1" && machine_mounts "$1" && gateway "$1" 5
}

# strike N: something bad happens to that machine, for a while
strike() {
	case $((RANDOM % 3)) in
	0) on "$1" sh -c 'kill -9 $(qv-master --running)' 2>/dev/null; sleep 2; gateway "$1" 5 ;;
	1) cable "$1" down; sleep $((RANDOM % 25 + 1)); cable "$1" up; sleep 12; gateway "$1" 5 ;;
	2) machine_dies "$1"; sleep $((RANDOM % 10)); boots_again "$1" ;;
	esac
}

# storm SECONDS: one machine at a time is struck, so that the other two are a quorum
storm() {
	local end=$((SECONDS + $1)) n=0 i mail=()
	: >"$CLUSTER/accepted"
	: >"$CLUSTER/violations"
	for i in 1 2 3; do
		(while [ ! -e "$CLUSTER/calm" ]; do n=$((n + 1)); leaves "$i" "$n$i"; sleep 0.2; done) 3>&- &
		mail[i]=$!
	done
	(while [ ! -e "$CLUSTER/calm" ]; do n=$((n + 1)); adds $((RANDOM % 3 + 1)) "$n"; done) 3>&- &
	domains=$!
	(while [ ! -e "$CLUSTER/calm" ]; do routed_everywhere; sleep 0.5; done) 3>&- &
	looks=$!
	while [ $SECONDS -lt $end ]; do
		strike $((RANDOM % 3 + 1))
		echo "$SECONDS struck" >>"$CLUSTER/strikes"
		sleep 5
	done
	touch "$CLUSTER/calm"
	wait "${mail[@]}" $domains $looks || true
}
