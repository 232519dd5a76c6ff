#!/bin/bash
# scale.sh: large set-ups, each as a ratio to its floor, its peer or the build BASE (another qvmail; none: that column is
# left out); the row scale of bench.sh.
#
# DOMAINS (10,000) domains with two boxes each; RUNS (5), in which all sides take turns. Times are medians in milliseconds,
# with the least and the most; CPU: without what waits for the disk. Fsyncs included: TMPDIR should be on a disk.
set -euo pipefail

: "${QVMAIL:?run me by make bench}" "${TESTBIN:?run me by make bench}"
HERE=$(cd "$(dirname "$0")" && pwd)
DOMAINS=${DOMAINS:-10000} RUNS=${RUNS:-5} BASE=${BASE-}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/qvmail-bench.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
trap 'exit 1' INT TERM

fresh() {
	cp -r "$HERE/../../rootfs" "$1"
	mkdir -p "$1/etc" "$1/home/popmail"
	echo 'popusr:x:510:51::/home/popmail:/bin/false' >"$1/etc/passwd"
}

# side NAME COMMAND...: its next run is timed; exit code 1 is that something was found
side() {
	local r=0
	"$TESTBIN/cost" "$WORK/cost" "${@:2}" >/dev/null 2>"$WORK/err" || r=$?
	[ "$r" -le 1 ] || { cat "$WORK/err" >&2; exit 1; }
	awk -v name="$1" '{ print name, $1 * 1000, $2 * 1000 }' "$WORK/cost" >>"$WORK/times"
}

# report WHAT: a line a side; ratios are to the first one
report() {
	sort -s -k1,1 "$WORK/times" | awk -v what="$1" -v first="$(head -n 1 "$WORK/times" | cut -d' ' -f1)" '
		function median(v, n,   i, j, t) {
			for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
			return v[int((n + 1) / 2)]
		}
		function flush_side() {
			if (!n) return
			m[name] = median(wall, n); least[name] = wall[1]; most[name] = wall[n]; c[name] = median(cpu, n); order[++sides] = name
		}
		$1 != name { flush_side(); name = $1; n = 0 }
		{ wall[++n] = $2; cpu[n] = $3 }
		END {
			flush_side()
			for (i = 1; i <= sides; i++) if (order[i] == first) line(first)
			for (i = 1; i <= sides; i++) if (order[i] != first) line(order[i])
		}
		function line(s) {
			printf "%-34s %-10s %9.1f ms (%.1f-%.1f) %9.1f ms CPU   qvmail takes %5.2f of it, CPU %5.2f\n", what, s, m[s], least[s],
				most[s], c[s], m[first] / m[s], c[first] / c[s]
		}'
	: >"$WORK/times"
}

# both COMMAND...: by this build and by BASE; % is a name of its own for each run
both() {
	side qvmail "$QVMAIL" "${@//%/new$run}"
	[ -z "$BASE" ] || side base "$BASE" "${@//%/old$run}"
}

runs() {
	for ((run = 1; run <= RUNS; run++)); do "$@"; done
}

commands() {
	seq "$DOMAINS" | sed 's/.*/domain add pop d&.example.com h&\nmailbox add joe@d&.example.com/'
}

import_once() {
	for name in qvmail ${BASE:+base}; do fresh "$WORK/$name"; done
	side qvmail "$QVMAIL" domain -R "$WORK/qvmail" import "$WORK/commands"
	[ -z "$BASE" ] || side base "$BASE" domain -R "$WORK/base" import "$WORK/commands"
	[ -s "$WORK/list" ] || (cd "$WORK/qvmail" && find home -printf '%y %m %s %p\n') >"$WORK/list"
	mkdir "$WORK/floor"
	side floor sh -c "cd '$WORK/floor' && exec '$TESTBIN/floor' 510 51 <'$WORK/list'"
	[ -e "$WORK/root" ] || mv "$WORK/qvmail" "$WORK/root"
	rm -rf "$WORK/qvmail" "$WORK/base" "$WORK/floor"
}

# The same bytes written and synced.
add_once() {
	both domain -R "$WORK/root" add pop %.example.org h1
	side floor sh -c "cd '$WORK/root/var/qmail' && for f in users/assign users/cdb control/virtualdomains users/qv-virtual.cdb control/rcpthosts; do
		[ ! -e \$f ] || { dd if=\$f of=\$f.copy bs=1M conv=fsync 2>/dev/null; rm \$f.copy; }; done"
}

newu_once() {
	both newu -R "$WORK/root"
	[ -z "${NEWU-}" ] || side qmail-newu sh -c "${NEWU//ROOT/$WORK/root}"
	side cdb-c cdb -c "$WORK/peer.cdb" "$WORK/records"
}

# users/assign as cdb(1) takes it
records() {
	awk -F: '/^\./ { print "+0,1:->-"; print ""; exit }
		{ key = "!" tolower(substr($1, 2)); n = length($2 $3 $4 $5 $6 $7) + 5
		  printf "+%d,%d:%s->%s%c%s%c%s%c%s%c%s%c%s\n", length(key), n, key, $2, 0, $3, 0, $4, 0, $5, 0, $6, 0, $7 }' "$WORK/root/var/qmail/users/assign"
}

: >"$WORK/times"
commands >"$WORK/commands"
runs import_once
report "import of $DOMAINS domains"
runs add_once
report "domain add among them"
mapfile -t addresses < <(seq -f 'joe@d%.0f.example.com' 1000)
runs both route -R "$WORK/root" "${addresses[@]}"
report "route of ${#addresses[@]} addresses"
runs both domain -R "$WORK/root" list
report "domain list"
runs both domain -R "$WORK/root" export
report "domain export"
runs both check -R "$WORK/root"
report "check"
records >"$WORK/records"
runs newu_once
report "newu, $DOMAINS lines"
