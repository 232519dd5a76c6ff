#!/bin/bash
# run.sh fuzz|corpus ENGINE NAME SECONDS [SEED]: a fuzzer with its corpus; or its corpus made smaller. See `make fuzz`.
set -eu
cd "$(dirname "$0")/../../.."
what=$1 engine=$2 name=$3 seconds=$4 seed=${5:-0}
program=build/fuzz/$engine/$name corpus=tests/corpus/$name found=build/fuzz/found new=build/fuzz/new/$name
sizes=(-max_len=20000 -timeout=10 -rss_limit_mb=3000)
mkdir -p "$corpus" "$found" "$new"

# The dialogues that other tests have (smtp, trigger) are inputs too.
dialogues=(tests/"$name"/*.txt)
[ -e "${dialogues[0]}" ] || dialogues=()
seeds=("$corpus")
[ ${#dialogues[@]} = 0 ] || seeds+=("tests/$name")

# Inputs with a name stay; of the others, those that reach what nothing else does.
merge() {
	local merged=build/fuzz/merged/$name
	rm -rf "$merged" && mkdir -p "$merged"
	find "$corpus" -type f ! -regex '.*/[0-9a-f]*' -exec cp -t "$merged" {} +
	[ ${#dialogues[@]} = 0 ] || cp -t "$merged" "${dialogues[@]}"
	build/fuzz/libfuzzer/"$name" -merge=1 -use_counters=0 "${sizes[@]}" -artifact_prefix="$found/$name-" "$merged" "$corpus" "$new" \
		2>"$merged.log" || { cat "$merged.log" && return 1; }
	[ ${#dialogues[@]} = 0 ] || rm "${dialogues[@]/#tests\/$name/$merged}"
	rm -rf "$corpus"
	mv "$merged" "$corpus"
	echo "$corpus: $(find "$corpus" -type f | wc -l) inputs, $(du -bs "$corpus" | cut -f1) bytes"
}

# AFL++ keeps what it needs to go on; of that only the inputs count.
afl() {
	local in=build/fuzz/afl/$name.in out=build/fuzz/afl/$name.out dir crash r=0
	rm -rf "$in" "$out" && mkdir -p "$in"
	for dir in "${seeds[@]}" "$new"; do # one after the other: they have files of the same name
		find "$dir" -type f -exec cp -t "$in" {} +
	done
	[ -n "$(ls "$in")" ] || echo a >"$in/a"
	AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_IGNORE_SEED_PROBLEMS=1 \
		ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0 UBSAN_OPTIONS=abort_on_error=1:symbolize=0 \
		afl-fuzz -V "$seconds" -t 5000+ -m none -i "$in" -o "$out" -- "$program" >"$out.log" 2>&1 || { tail -20 "$out.log" && return 1; }
	grep -E '^(execs_done|corpus_count|saved_(crashes|hangs)) ' "$out/default/fuzzer_stats"
	cp "$out"/default/queue/id:*+cov "$new" 2>/dev/null || true
	for crash in "$out"/default/crashes/id:*; do
		[ -f "$crash" ] || continue
		cp "$crash" "$found/$name-afl-$(md5sum <"$crash" | cut -c1-12)"
		echo "$crash: a crash, kept in $found"
		r=1
	done
	return $r
}

case $what:$engine in
corpus:*) merge ;;
fuzz:afl) afl ;;
*) "$program" -max_total_time="$seconds" -seed="$seed" "${sizes[@]}" -print_final_stats=1 -artifact_prefix="$found/$name-" "$new" "${seeds[@]}" ;;
esac
