#!/bin/bash
# admin.sh: an administrator's day among DOMAINS (10,000) domains with three boxes each; the row admin of bench.sh.
#
# One more domain beside the script that does it with text tools; an import of MANY (1,000) domains beside what the file system takes
# to make the same directories and files; one more box among three, a thousand and ten thousand. Medians of RUNS (5), both
# sides in the same run, fsyncs included: TMPDIR should be on a disk. NEWU is the script's qmail-newu, ROOT in it the tree (ours).
# shellcheck disable=SC1091 # record.sh is checked by itself
set -euo pipefail

: "${QVMAIL:?run me by make bench}"
HERE=$(cd "$(dirname "$0")" && pwd)
DOMAINS=${DOMAINS:-10000} MANY=${MANY:-1000} RUNS=${RUNS:-5}
. "$HERE/record.sh"
WORK=$(mktemp -d "${TMPDIR:-/tmp}/qvmail-bench.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
trap 'exit 1' INT TERM

fresh() {
	cp -r "$HERE/../../rootfs" "$1"
	mkdir -p "$1/etc"
	echo 'popusr:x:510:51::/home/popmail:/bin/false' >"$1/etc/passwd"
}

# commands N: domains with three boxes each
commands() {
	for ((i = 1; i <= $1; i++)); do
		printf '%s\n' "domain add pop d$i.example.com h$i" "mailbox add joe@d$i.example.com" "mailbox add ann@d$i.example.com"
	done
}

# took COMMAND...: "elapsed cpu" in milliseconds
took() {
	local TIMEFORMAT='%R %U %S'
	{ time "$@" >/dev/null 2>"$WORK/err" || { cat "$WORK/err" >&2; exit 1; }; } 2>&1 |
		awk '{ printf "%.1f %.1f\n", $1 * 1000, ($2 + $3) * 1000 }'
}

# row NAME COMMAND...: RUNS times, % in the command is the run's number; the medians, and the first in $ELAPSED
row() {
	local name=$1
	shift
	: >"$WORK/times"
	for ((run = 1; run <= RUNS; run++)); do
		took "${@//%/$run}" >>"$WORK/times"
	done
	ELAPSED=$(cut -d' ' -f1 "$WORK/times" | median)
	printf '%-52s %10s ms %10s ms CPU\n' "$name" "$ELAPSED" "$(cut -d' ' -f2 "$WORK/times" | median)"
}

# ratio NAME A B
ratio() {
	awk -v name="$1" -v a="$2" -v b="$3" 'BEGIN { printf "%-52s %10.1f times\n", name, a / b }'
}

# The same directories and files, made by one program in one go, and one sync.
floor() {
	mkdir "$WORK/floor$1"
	tar -xpf "$WORK/home.tar" -C "$WORK/floor$1"
	sync -f "$WORK/floor$1"
}

root=$WORK/root
fresh "$root"
commands "$DOMAINS" | "$QVMAIL" domain -R "$root" import
sync -f "$WORK"
echo "$DOMAINS domains, three boxes each"

row "qv-domain add pop" "$QVMAIL" domain -R "$root" add pop "one%.example.org" h1
ours=$ELAPSED
row "the script: text tools and qmail-newu" sh "$HERE/script.sh" "$root" "script%.example.org" h2 "${NEWU:-$QVMAIL newu -R ROOT}"
ratio "domain add: the script's time, of ours" "$ELAPSED" "$ours"

row "qv-mailbox add, the fourth box" "$QVMAIL" mailbox -R "$root" add "bob%@d7.example.com"
for n in 1000 10000; do
	for ((i = 0; i < n; i++)); do
		echo "mailbox add u$i@d${#n}.example.com"
	done | "$QVMAIL" domain -R "$root" import
	row "qv-mailbox add, among $n boxes" "$QVMAIL" mailbox -R "$root" add "bob%@d${#n}.example.com"
done
row "qv-domain list" "$QVMAIL" domain -R "$root" list
row "qv-domain export" "$QVMAIL" domain -R "$root" export

commands "$MANY" >"$WORK/commands"
for ((i = 1; i <= RUNS; i++)); do fresh "$WORK/import$i"; done
row "import of $MANY domains" "$QVMAIL" domain -R "$WORK/import%" import "$WORK/commands"
ours=$ELAPSED
tar -cf "$WORK/home.tar" -C "$WORK/import1" home
row "tar, the same directories and files, one sync" floor %
ratio "import: our time, of that" "$ours" "$ELAPSED"
