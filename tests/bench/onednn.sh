#!/usr/bin/env bash
# bench/onednn with two builds whose programs are scripts: whom it starts, how often and in which order, what it keeps, and what it answers.
# Usage: onednn.sh SOURCE SCRATCH
set -euo pipefail
source=$1
scratch=$2
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
failed=0

complain() {
    printf 'FAILED: %s\n' "$*"
    failed=1
}
expect() { [ "$1" = "$2" ] || complain "$3: expected \"$2\", found \"$1\""; }

# A build whose mnist_bench notes that it ran and with what, does what the file `act` says, and writes the file it is told to.
for build in one two; do
    mkdir -p "$build/bench" "$build/src/cli"
    cat >"$build/bench/mnist_bench" <<'TEXT'
#!/bin/sh
here=$(dirname "$(dirname "$(readlink -f "$0")")")
printf '%s %s\n' "${here##*/}" "$*" >>"$here/../ran"
echo "table of results"
echo "last words" >&2
for argument in "$@"; do case $argument in --benchmark_out=*) echo "{}" >"${argument#*=}" ;; esac; done
. "$here/../act"
TEXT
    cat >"$build/src/cli/mnist" <<'TEXT'
#!/bin/sh
if [ "$1" = info ]; then printf '{\n  "usable_cores": 3,\n  "onednn": "3.1.0",\n  "onednn_cpu_runtime": "TBB"\n}\n' && exit; fi
echo "compared: $*"
exit 7
TEXT
    chmod +x "$build/bench/mnist_bench" "$build/src/cli/mnist"
done
start() { # CODE ARGS...
    local code=$1 status=0
    shift
    : >ran
    "$source/bench/onednn" "$@" >out 2>err || status=$?
    expect "$status" "$code" "exit code of $*"
}
said() { grep -qF -- "$1" err || complain "\"$1\" is not in: $(cat err)"; }

# Every round has each once, with the same seed; compare gets the files of each side, and its answer is the answer.
echo 'exit 0' >act
start 7 --rounds 8 --out results one two --benchmark_filter=Mine
expect "$(cat out)" "compared: compare $(seq -s , -f 'a%.0f.json' 8) $(seq -s , -f 'b%.0f.json' 8)" "standard output"
expect "$(ls results | wc -l)" 16 "files"
expect "$(sed 's/ .*//' ran | paste - - | while read -r a b; do [ "$a" != "$b" ] && echo both; done | sort | uniq -c | tr -d ' ')" "8both" "both sides in each round"
expect "$(grep -o 'seed=[0-9]*' ran | uniq -c | awk '{ print $1 }' | sort -u)" 2 "runs of one seed behind each other"
expect "$(grep -o 'seed=[0-9]*' ran | sort -u | wc -l)" 8 "seeds"
expect "$(grep -c -- '--benchmark_filter=^(.*--threads=3 --benchmark_filter=Mine ' ran)" 16 "own arguments behind the usual ones"
said "A is oneDNN 3.1.0, threads of TBB"
said "round 8 of 8: B"
# The order is random: twenty rounds of one order are less likely than one in 500,000.
start 7 --rounds 20 --out more one two
expect "$(sed 's/ .*//' ran | paste - - | sort -u | wc -l)" 2 "orders of the two within a round"

# A program that erred has rows; one that failed ends it, and whole rounds stay.
echo 'exit 1' >act
start 7 --rounds 1 --out erred one two
said "some benchmarks erred"
echo '[ "$(wc -l <"$here/../ran")" -lt 3 ] || exit 3' >act
start 3 --rounds 4 --out partly one two
expect "$(ls partly | tr '\n' ' ')" "a1.json b1.json " "kept"
said "last words"
said "ended with status 3 in round 2 of 4"
said "compare a1.json b1.json"
echo 'exit 2' >act
start 2 --out none one two
[ ! -e none ] || complain "an empty folder was left"
# So does Ctrl-C, of which the program's own code tells.
echo '[ "$(wc -l <"$here/../ran")" -lt 4 ] || exit 130' >act
start 130 --rounds 4 --out stopped one two
expect "$(ls stopped | tr '\n' ' ')" "a1.json b1.json " "kept"
said "interrupted in round 2 of 4"
# And a signal to the script alone.
echo '[ "$(wc -l <"$here/../ran")" -lt 3 ] || kill -TERM "$PPID"' >act
start 143 --rounds 4 --out ended one two
expect "$(ls ended | tr '\n' ' ')" "a1.json b1.json " "kept"

# Bad input is told before anything runs.
start 2 --out results one two
said "--out: expected a folder that does not exist yet, found \"results\""
start 2 one
said "expected two of oneDNN to compare, found 1"
start 2 one one
said "A and B are the same build"
start 2 --rounds 0 one two
said "--rounds: expected a number from 1 to 999, found \"0\""
start 2 --rounds
start 2 one two --benchmark_out=x.json
said "--out FOLDER before A and B"
start 2 one two --seed 3
start 2 one nowhere
said "found no \"nowhere\""
said "nothing was measured, because there is no build with nowhere"
expect "$(cat ran)" "" "runs with bad input"
expect "$(echo mnist-onednn-*)" "mnist-onednn-*" "folders left"
exit "$failed"
