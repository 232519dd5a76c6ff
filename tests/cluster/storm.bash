# A storm: for some time machines die, cables are cut and processes are killed at random, while mail arrives and domains are
# added on all of them. $CLUSTER/accepted has each message that was left, "ID MACHINE"; $CLUSTER/violations what must not be;
# $CLUSTER/strikes what happened, "SECOND WHAT MACHINE". The same CLUSTER_SEED strikes in the same order.

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

# What is accepted on a machine is routed there: rcpthosts is looked at first. While no qmail-send runs nothing is routed at all,
# and it reads the files when it starts.
routed_everywhere() {
	local i
	for i in 1 2 3; do
		[ -s "$CLUSTER/gw$i/pid" ] || continue
		on "$i" timeout 20 sh -c 'was=$(pgrep -x qmail-send) || exit 0
			cp /var/qmail/control/rcpthosts /var/tmp/accepted && cp /var/qmail/queue/read /var/tmp/routed || exit 0
			lost=$(grep ^new /var/tmp/accepted | sed "s/.*/&:&/" | grep -vxFf /var/tmp/routed)
			[ -z "$lost" ] || [ "$was" != "$(pgrep -x qmail-send)" ] || echo "$(date +%T) $(hostname): accepted and not routed:" $lost' \
			2>/dev/null >>"$CLUSTER/violations" || true
	done
}

boots_again() {
	machine_up "$1" && machine_mounts "$1" && gateway "$1" 5
}

# kills N NAME: a process of that name there, whichever
kills() {
	on "$1" sh -c 'kill -9 $(pgrep -x "$0" | shuf -n 1)' "$2" 2>/dev/null
	sleep 1
	gateway "$1" 5
}

# cut_off SECONDS N...: nobody reaches these machines, nor they each other
cut_off() {
	local i seconds=$1
	shift
	for i; do cable "$i" down; done
	sleep "$seconds"
	for i; do cable "$i" up; done
	sleep 12
	for i; do gateway "$i" 5; done
}

# strike WHAT N FOR: it happens to that machine, for so many seconds where it lasts
strike() {
	case $1 in
	qv-master | qv-flush | qv-domain | qmail-send) kills "$2" "$1" ;;
	cut) cut_off "$3" "$2" ;;
	apart) cut_off "$3" 1 2 3 ;; # no two of them are a quorum
	dies) machine_dies "$2"; sleep $(($3 / 2)); boots_again "$2" ;;
	unmounts) on "$2" pkill -9 -x glusterfs; sleep $(($3 / 2)); machine_dies "$2"; boots_again "$2" ;;
	esac
}

# until_calm COMMAND...: with a number that grows behind it
until_calm() {
	local n=0
	while [ ! -e "$CLUSTER/calm" ]; do n=$((n + 1)); "$@" $n || true; done
}
arrives() { leaves "$1" "$2$1"; sleep 0.2; }
grows() { adds $(($1 % 3 + 1)) "$1"; }
looks() { routed_everywhere; sleep 0.5; }

# storm SECONDS SEED: one thing after the other, so that a quorum comes back
storm() {
	local end=$((SECONDS + $1)) i what=(qv-master qv-flush qv-domain qmail-send cut cut dies dies apart unmounts) strike loops=()
	: >"$CLUSTER/accepted"
	: >"$CLUSTER/violations"
	for i in 1 2 3; do until_calm arrives "$i" 3>&- & loops+=($!); done
	until_calm grows 3>&- & loops+=($!)
	until_calm looks 3>&- & loops+=($!)
	RANDOM=$2
	while [ $SECONDS -lt $end ]; do
		strike="${what[RANDOM % ${#what[@]}]} $((RANDOM % 3 + 1)) $((RANDOM % 25 + 1))"
		echo "$SECONDS $strike" >>"$CLUSTER/strikes"
		# shellcheck disable=SC2086
		strike $strike || echo "$SECONDS $strike: the machine did not come back" >>"$CLUSTER/violations"
		sleep 5
	done
	touch "$CLUSTER/calm"
	wait "${loops[@]}" || true
}
