# record.sh: what a row of bench.sh has measured, for judge.sh.
# shellcheck shell=bash

# median: of the numbers in stdin
median() {
	sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# record NAME: of the numbers in stdin, one a run: median, least, most. RECORDS is the file, if anybody wants one, ROW the row.
record() {
	sort -g | awk -v row="$ROW" -v name="$1" '{ v[NR] = $1 }
		END { if (NR) printf "%s\t%s\t%.3f\t%.3f\t%.3f\n", row, name, v[int((NR + 1) / 2)], v[1], v[NR] }' >>"${RECORDS:-/dev/null}"
}
