#!/bin/bash
# judge.sh RECORDS TARGETS [ROW]...: what record.sh has recorded beside the file of targets; exit code 1 if one is missed.
# A target of a row that was asked for (none named: any) and whose peer is not here is printed as such.
set -euo pipefail
export LC_ALL=C # a comma is no point

awk -F'\t' -v rows=" ${*:3} " '
	FNR == NR { value[$1, $2] = $3; low[$1, $2] = $4; high[$1, $2] = $5; next }
	/^#/ || NF == 0 { next }
	NF != 4 || ($2 != "most" && $2 != "least") || $3 + 0 <= 0 { printf "judge: %s:%d: invalid line\n", FILENAME, FNR; bad = 1; next }
	rows !~ /^ *$/ && !index(rows, " " $1 " ") { next }
	{ printf "%-10s %-44s %-5s %8g  ", $1, $4, $2, $3 }
	!(($1, $4) in value) { print "not measured"; next }
	{
		missed = $2 == "most" ? low[$1, $4] > $3 : high[$1, $4] < $3
		printf "%8.3f (%.3f-%.3f)%s\n", value[$1, $4], low[$1, $4], high[$1, $4], missed ? "  MISSED" : ""
		measured++
		bad += missed
	}
	END { if (!measured) print "judge: nothing was measured"; exit bad || !measured }' "$1" "$2"
