#!/bin/bash
# scale.sh: large set-ups, each as a ratio to its floor, its peer or the build BASE (another qvmail; none: that column is
# left out); the row scale of bench.sh.
#
# DOMAINS (10,000) domains with two boxes each; RUNS (5), in which all sides take turns, but none begins when a row has taken
# BUDGET seconds (60): at 100,000 domains imports take minutes each. Times are medians in milliseconds, with the least and
# the most; CPU: without what waits for the disk; last, the runs of the row and the seconds that it took with all it needs.
# Fsyncs included: TMPDIR should be on a disk.
# shellcheck disable=SC1091 # record.sh is checked by itself
set -euo pipefail

: "${QVMAIL:?run me by make bench}" "${TESTBIN:?run me by make bench}"
HERE=$(cd "$(dirname "$0")" && pwd)
DOMAINS=${DOMAINS:-10000} RUNS=${RUNS:-5} BUDGET=${BUDGET:-60} BASE=${BASE-}
. "$HERE/record.sh"
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

# of SIDE FIELD: its numbers, a line a run; 2: times, 3: of CPU
of() {
	awk -v side="$1" -v field="$2" '$1 == side { print $field }' "$WORK/times"
}

# ratios SIDE FIELD: what ours takes of the other side's, run by run
ratios() {
	paste <(of qvmail "$2") <(of "$1" "$2") | awk '$2 > 0 { printf "%.4f\n", $1 / $2 }'
}

# report NAME WHAT: a line a side; "NAME, of SIDE" and "NAME CPU, of SIDE" are recorded
report() {
	local side
	while read -r side; do
		ratios "$side" 2 | record "$1, of $side"
		ratios "$side" 3 | record "$1 CPU, of $side"
		printf '%-34s %-10s %9.1f ms (%.1f-%.1f) %9.1f ms CPU   qvmail takes %6.2f of it, CPU %6.2f (%d runs, %d s)\n' "$2" "$side" \
			"$(of "$side" 2 | median)" "$(of "$side" 2 | sort -g | head -n 1)" "$(of "$side" 2 | sort -g | tail -n 1)" \
			"$(of "$side" 3 | median)" "$(ratios "$side" 2 | median)" "$(ratios "$side" 3 | median)" \
			"$(of "$side" 2 | wc -l)" $((SECONDS - ROW_BEGAN))
	done < <(awk '!seen[$1]++ { print $1 }' "$WORK/times")
	: >"$WORK/times"
	ROW_BEGAN=$SECONDS
}

# both COMMAND...: by this build and by BASE; % is a name of its own for each run
both() {
	side qvmail "$QVMAIL" "${@//%/new$run}"
	[ -z "$BASE" ] || side base "$BASE" "${@//%/old$run}"
}

runs() {
	local began=$SECONDS
	for ((run = 1; run <= RUNS && (run == 1 || SECONDS - began < BUDGET); run++)); do "$@"; done
}

commands() {
	seq "$DOMAINS" | sed 's/.*/domain add pop d&.example.com h&\nmailbox add joe@d&.example.com/'
}

# Trees are removed at the end: that takes as long as making them, and what the disk still has to do for it would count for
# the side that is next.
import_once() {
	local name
	for name in qvmail ${BASE:+base}; do fresh "$WORK/$name$run"; done
	side qvmail "$QVMAIL" domain -R "$WORK/qvmail$run" import "$WORK/commands"
	[ -z "$BASE" ] || side base "$BASE" domain -R "$WORK/base$run" import "$WORK/commands"
	[ -s "$WORK/list" ] || (cd "$WORK/qvmail$run" && find home -printf '%y %m %s %p\n') >"$WORK/list"
	mkdir "$WORK/floor$run"
	side floor sh -c "cd '$WORK/floor$run' && exec '$TESTBIN/floor' 510 51 <'$WORK/list'"
	tail -n 1 "$WORK/times" >>"$WORK/floors"
	[ -e "$WORK/root" ] || mv "$WORK/qvmail$run" "$WORK/root"
}

# The files that it changes, written and synced, each by itself.
add_once() {
	local qmail=$WORK/root/var/qmail files=() file
	both domain -R "$WORK/root" add pop %.example.org h1
	for file in users/assign users/cdb control/virtualdomains users/qv-virtual.cdb control/rcpthosts; do
		[ ! -e "$qmail/$file" ] || files+=("$qmail/$file")
	done
	side floor "$TESTBIN/floor" -s "${files[@]}"
	rm "${files[@]/%/.floor}"
}

# Without what it writes, beside the floor of writing it.
plan_once() {
	fresh "$WORK/empty"
	both domain -R "$WORK/empty" -n import "$WORK/commands"
	rm -rf "$WORK/empty"
}

# memory NAME DOMAINS COMMAND...: what is its own at its peak, for each of these domains
memory() {
	local kb
	"$TESTBIN/cost" -m "$WORK/cost" "${@:3}" >/dev/null 2>"$WORK/err" || [ $? = 1 ]
	kb=$(cut -d' ' -f3 "$WORK/cost")
	echo "$((kb * 1024 / $2))" | record "$1, bytes a domain"
	printf '%-34s %s KB of its own, %d bytes a domain (%d s)\n' "memory of $1" "$kb" "$((kb * 1024 / $2))" $((SECONDS - ROW_BEGAN))
	ROW_BEGAN=$SECONDS
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
ROW_BEGAN=$SECONDS
commands >"$WORK/commands"
runs import_once
report import "import of $DOMAINS domains"
fresh "$WORK/again"
FEWER=$((DOMAINS < 10000 ? DOMAINS : 10000))
head -n $((2 * FEWER)) "$WORK/commands" >"$WORK/fewer"
memory import $FEWER "$QVMAIL" domain -R "$WORK/again" import "$WORK/fewer"
runs plan_once
cat "$WORK/floors" >>"$WORK/times"
report planning "its plan alone (import -n)"
runs add_once
report "domain add" "domain add among them"
mapfile -t addresses < <(seq -f 'joe@d%.0f.example.com' 1000)
runs both route -R "$WORK/root" "${addresses[@]}"
report route "route of ${#addresses[@]} addresses"
runs both domain -R "$WORK/root" list
report "domain list" "domain list"
memory "domain list" "$DOMAINS" "$QVMAIL" domain -R "$WORK/root" list
runs both domain -R "$WORK/root" export
report "domain export" "domain export"
memory "domain export" "$DOMAINS" "$QVMAIL" domain -R "$WORK/root" export
runs both check -R "$WORK/root"
report check check
memory check "$DOMAINS" "$QVMAIL" check -R "$WORK/root"
records >"$WORK/records"
runs newu_once
report newu "newu, $DOMAINS lines"
