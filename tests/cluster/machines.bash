# Machines for tests of several gateways: each a network, mount, PID and UTS namespace with a /var and /home of its own, that
# runs glusterd, has a brick of one replicated volume, and has that mounted. All of it is below $CLUSTER and ends with the
# first process of each namespace.
#
#	machines_up 3		gw1 gw2 gw3, at 10.77.0.1 and so on
#	pair_up			instead: gw1 gw2 without a network, with a FUSE mount each of the same directory
#	on 2 qv-status		a command on gw2
#	cable 2 down		nobody reaches gw2 any more, nor it them; up: again
#	machine_dies 2		kill -9 of all that runs there; machine_up 2 starts it again
#	machines_down
#
# What all share: /var/qmail/control and users, /home/popmail and serialmail.

# Why it cannot be done here, or nothing.
machines_unable() {
	if [ "$(id -u)" != 0 ]; then echo "needs root: machines are namespaces"
	elif ! command -v glusterd >/dev/null; then echo "needs GlusterFS: make check-cluster installs it"
	elif [ ! -c /dev/fuse ]; then echo "needs /dev/fuse"
	elif ! unshare -nmup --fork true 2>/dev/null; then echo "needs namespaces"
	elif [[ $CLUSTER = /var/* || $CLUSTER = /home/* ]]; then echo "the tests' own directory is below /var or /home"
	fi
}

# background COMMAND...: its pid in $!
background() {
	"$@" >>"$CLUSTER/log" 2>&1 </dev/null 3>&- &
}

in_hub() {
	nsenter -t "$(cat "$CLUSTER/hub")" -n "$@"
}

on() {
	local machine=$1
	shift
	nsenter -t "$(cat "$CLUSTER/gw$machine/pid")" -n -m -u -p env -u QVMAIL_ROOT "$@"
}

# within SECONDS COMMAND...
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "not in time: $*"; return 1; }
		sleep 0.2
	done
}

# What its first process does, which reaps as well; $1: its directory, $2: its name
machine_main() {
	hostname "$2"
	ip link set lo up
	mount -t tmpfs none /run
	mkdir -p /run/gluster
	mount --bind "$1/home" /home
	mount --bind "$1/var" /var
	mount --bind "$CLUSTER/passwd" /etc/passwd
	touch "$1/up"
	end=$((SECONDS + 3600)) # whatever becomes of the test
	while [ $SECONDS -lt $end ]; do sleep 60 & wait $!; done
}

# machine_boots N NAMESPACES
machine_boots() {
	local dir=$CLUSTER/gw$1
	rm -f "$dir/up"
	mkdir -p "$dir"/{brick,volume,home/popmail,home/serialmail} \
		"$dir"/var/{lib/glusterd,log/glusterfs,tmp,qmail/control,qmail/users,qmail/bin,qmail/queue/lock}
	ln -sfn /run "$dir/var/run"
	background unshare "$2" --fork --kill-child --mount-proc bash -c ". '${BASH_SOURCE[0]}'; machine_main '$dir' 'gw$1'"
	echo $! >"$dir/parent"
	within 20 test -e "$dir/up"
	pgrep -P "$(cat "$dir/parent")" >"$dir/pid"
}

# machine_up N: without a file system yet
machine_up() {
	machine_boots "$1" -nmup
	machine_glusterd "$1"
}

# machine_glusterd N: it has a network, and glusterd
machine_glusterd() {
	local dir=$CLUSTER/gw$1
	in_hub ip link del "port$1" 2>/dev/null || true # of its last life: it goes a moment later than its processes
	in_hub ip link add "port$1" type veth peer name eth0 netns "$(cat "$dir/pid")"
	in_hub ip link set "port$1" master switch up
	on "$1" ip addr add "10.77.0.$1/24" dev eth0
	on "$1" ip link set eth0 up
	on "$1" glusterd
	within 60 on "$1" gluster volume list
}

machine_mounts() {
	local volume=$CLUSTER/gw$1/volume
	on "$1" glusterfs --volfile-server="10.77.0.$1" --volfile-id=spool "$volume"
	within 60 on "$1" mountpoint -q "$volume"
	machine_shares "$1"
}

# puts N DIR PLACE
puts() {
	on "$1" mkdir -p "$CLUSTER/gw$1/volume/$2" && on "$1" mount --bind "$CLUSTER/gw$1/volume/$2" "$3"
}

# machine_shares N: what is mounted is in its places; a directory that is being healed cannot be mounted yet
machine_shares() {
	local what
	for what in control users; do within 60 puts "$1" $what /var/qmail/$what || return; done
	for what in popmail serialmail; do within 60 puts "$1" $what /home/$what || return; done
}

# unshare has done its work
hub_is_apart() {
	[ "$(readlink "/proc/$(cat "$CLUSTER/hub")/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

all_connected() {
	[ "$(on 1 gluster pool list | grep -c Connected)" = "$MACHINES" ]
}

cluster_begins() {
	MACHINES=$1
	export CLUSTER MACHINES
	mkdir -p "$CLUSTER"
	cp "$(dirname "${BASH_SOURCE[0]}")/send.py" "$CLUSTER"
	printf 'root:x:0:0:root:/root:/bin/sh\npopusr:x:510:51:POP boxes:/home/popmail:/bin/false\n' >"$CLUSTER/passwd"
}

hub_up() {
	background unshare -n sleep 3600
	echo $! >"$CLUSTER/hub"
	within 10 hub_is_apart
	in_hub ip link add switch type bridge
	in_hub ip link set switch up
	in_hub ip addr add 10.77.0.100/24 dev switch # where customers' servers are
}

machines_up() {
	local i bricks=()
	cluster_begins "$1"
	hub_up
	for i in $(seq "$1"); do
		machine_up "$i"
		bricks+=("10.77.0.$i:$CLUSTER/gw$i/brick")
	done
	for i in $(seq 2 "$1"); do on 1 gluster peer probe "10.77.0.$i"; done
	within 60 all_connected
	on 1 gluster --mode=script volume create spool replica "$1" "${bricks[@]}" force
	on 1 gluster volume set spool network.ping-timeout 10
	on 1 gluster volume set spool cluster.favorite-child-policy mtime
	on 1 gluster volume start spool
	for i in $(seq "$1"); do machine_mounts "$i"; done
}

# Each by an address of the server of its own: two clients, that know nothing of each other.
pair_mounts() {
	local volume=$CLUSTER/gw$1/volume
	case ${SPOOL-} in
	nfs) on "$1" mount -t nfs4 -o "${NFS_OPTIONS-actimeo=1}" "127.1.0.$1:/" "$volume" ;;
	*) on "$1" bindfs --enable-lock-forwarding --multithreaded "$CLUSTER/spool" "$volume" ;;
	esac
	machine_shares "$1"
}

pair_up() {
	local i
	cluster_begins 2
	mkdir -p "$CLUSTER/spool"
	[ "${SPOOL-}" != nfs ] || exportfs -o rw,no_root_squash,fsid=0,no_subtree_check,insecure "*:$CLUSTER/spool"
	for i in 1 2; do
		machine_boots "$i" -mup
		pair_mounts "$i"
	done
}

cable() {
	in_hub ip link set "port$1" "$2"
}

machine_dies() {
	kill -KILL "$(cat "$CLUSTER/gw$1/pid")" 2>/dev/null || true
	rm "$CLUSTER/gw$1/pid"
	while kill -0 "$(cat "$CLUSTER/gw$1/parent")" 2>/dev/null; do sleep 0.1; done
}

machines_down() {
	local i
	for i in "$CLUSTER"/gw*/pid; do
		[ ! -s "$i" ] || machine_dies "$(basename "$(dirname "$i")" | tr -d gw)"
	done
	[ ! -s "$CLUSTER/hub" ] || kill "$(cat "$CLUSTER/hub")" 2>/dev/null || true
}

# A gateway's files, before the first command.
gateway_files() {
	on 1 sh -c 'cd /var/qmail && echo gw.example.net | tee control/me >control/locals && : >control/rcpthosts && echo . >users/assign'
}

# stays N COMMAND...: it runs there until the machine dies. Where what nsenter runs is stopped, nsenter is and stays stopped.
stays() {
	# shellcheck disable=SC2016
	background on "$1" sh -c '"$@" & wait' sh "${@:2}"
}

# One that ends may still be in its way: then it is tried again.
has_master() {
	on "$1" qv-master --running && return
	stays "$1" qv-master -w 0 -e "$2"
	sleep 1
	on "$1" qv-master --running
}

# gateway N [SECONDS]: qmail-send and a master that stays, until the machine dies
gateway() {
	on "$1" pgrep -x qmail-send >/dev/null || stays "$1" python3 "$CLUSTER/send.py"
	within 60 on "$1" test -e /var/qmail/queue/read
	within 60 has_master "$1" "${2:-120}"
}

# Not by "run !": bats 1.8.2 sets the caller's $i.
lacks_process() { ! on "$1" pgrep -x qv-master; }
lacks_master() { ! on "$1" qv-master --running; }

# no_master N
no_master() {
	on "$1" pkill -x qv-master || return 0
	within 60 lacks_process "$1"
	within 20 lacks_master "$1"
}

# has N FILE LINE: as a program on that machine reads it, which may find the file just replaced
has() {
	within 5 on "$1" grep -qxF "$3" "/var/qmail/$2"
}

# dialup_mail HOST N SERVER: a host with so many messages, which no master sends
dialup_mail() {
	on 1 qv-domain add dialup "$1" ex1 --relayhost "$3" --on-demand
	on 1 sh -c 'cd /home/serialmail/$0/Maildir && for i in $(seq $1); do
		printf "Return-Path: <a@b.test>\nDelivered-To: $0-m$i@$0\n\nbody\n" >tmp/m$i && chown 510:51 tmp/m$i && mv tmp/m$i new/m$i
	done' "$1" "$2"
}

# server OPTION...: its address in $AT, what it took in $STORE
server() {
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -p "$STORE"
	: >"$BATS_TEST_TMPDIR/port" # of a server before this one
	"$TESTBIN/fakesmtpd" --timeout 600 --store "$STORE" "$@" >"$BATS_TEST_TMPDIR/port" 3>&- &
	SERVER=$!
	within 10 test -s "$BATS_TEST_TMPDIR/port"
	AT=127.0.0.1:$(head -n 1 "$BATS_TEST_TMPDIR/port")
}

connected() {
	[ -n "$(ss -Htn state established dst "$AT")" ]
}

# in_doubt: which messages the output says may arrive twice
in_doubt() {
	grep -o 'new/m[0-9]*: may arrive twice' <<<"$output" | grep -o 'm[0-9]*:' | tr -d ':\n'
}

# says N TEXT: so many lines of the masters' log have that
says() {
	[ "$(grep -cF "$2" "$CLUSTER/log")" = "$1" ]
}

# letter MACHINE HOST NAME [DATE]: a message arrives there, of that time
letter() {
	on "$1" sh -c 'cd "/home/serialmail/$0/Maildir" && printf "Return-Path: <a@b.test>\nDelivered-To: $0-$1@$0\n\n\n" >"tmp/$1" &&
		touch -d "$2" "tmp/$1" && chown 510:51 "tmp/$1" && mv "tmp/$1" new' "$2" "$3" "${4:-now}"
}

# many N: three domains, one after the other
many() {
	for i in 1 2 3; do on "$1" qv-domain -w 120 add backup "once$1$i.example.com" --no-subdomains || return; done
}
