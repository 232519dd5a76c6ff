# Machines as qvmail(7) finds them, beside those of machines.bash: each sees this system, but what it changes is its own; it knows
# the others by name, runs glusterd and has a file system at /brick.

# own_root DIR
own_root() {
	mkdir -p "$1/own" "$1/root"
	mount -t tmpfs none "$1/own"
	mkdir "$1/own/upper" "$1/own/work"
	mount -t overlay none -o "lowerdir=/,upperdir=$1/own/upper,workdir=$1/own/work" "$1/root"
	mount --rbind /dev "$1/root/dev"
	mount --rbind /sys "$1/root/sys"
	mount -t proc none "$1/root/proc"
	mkdir -p "$1/root/$CLUSTER" "$1/root/brick" "$1/root/was"
	mount --bind "$CLUSTER" "$1/root/$CLUSTER"
	mount --bind "$1/brick" "$1/root/brick"
	cd "$1/root"
	pivot_root . was
	umount -l /was
	cd /
}

# What its first process does; $1: its directory, $2: its name
page_main() {
	set -e
	own_root "$1"
	hostname "$2"
	ip link set lo up
	mount -t tmpfs none /run
	rm -rf /var/lib/glusterd /var/qmail /home/popmail /home/serialmail
	mkdir -p /run/gluster /var/log/glusterfs /var/lib/glusterd /var/qmail/control /var/qmail/users /var/qmail/queue/lock
	{ echo "127.0.0.1 localhost"; for i in $(seq "$MACHINES"); do echo "10.77.0.$i gw$i"; done; } >/etc/hosts
	cp "$CLUSTER/passwd" /etc/passwd
	touch "$1/up"
	exec sleep 600
}

# page_up DIR: which is $CLUSTER from then on
page_up() {
	local i dir
	CLUSTER=$1
	cluster_begins 3
	hub_up
	for i in $(seq "$MACHINES"); do
		dir=$CLUSTER/gw$i
		mkdir -p "$dir/brick"
		background unshare -nmup --fork --kill-child bash -c ". '${BASH_SOURCE[0]}'; page_main '$dir' gw$i"
		echo $! >"$dir/parent"
		within 20 test -e "$dir/up"
		pgrep -P "$(cat "$dir/parent")" >"$dir/pid"
		machine_glusterd "$i"
	done
}

# page_commands FILE: as they are printed there, "gw1# COMMAND" on that machine and "each# COMMAND" on all; the first that fails ends it
page_commands() {
	local who command i
	sed -e ':a' -e '/\\$/{N;s/\\\n *//;ba' -e '}' "$1" | sed -n 's/^  \(gw[0-9]\|each\)# /\1 /p' | while read -r who command; do
		for i in $(seq "$MACHINES"); do
			[[ $who = each || $who = "gw$i" ]] || continue
			echo "gw$i# $command"
			on "$i" sh -c "$command" </dev/null || return
		done
	done
}
