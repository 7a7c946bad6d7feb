#!/bin/bash
# `make bench`: prints one table, "what  value  unit  beside"; what it means: README.md here. Machines are shared
# and noisy: what counts is a ratio of one run on one machine.
# tests/bench/run.sh BUILD_FOLDER [NAME...]   e.g. build/rel tftp sip; BENCH_SECONDS: length of one load, 2
set -euo pipefail
cd "$(dirname "$0")/../.."
b=$1
shift

wanted() {
	[ $# -eq 1 ] && return
	local name=$1
	shift
	[[ " $* " == *" $name "* ]]
}

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), Linux $(uname -r), load $(cut -d' ' -f1 /proc/loadavg)"
for source in tests/bench/bench_*.c tests/bench/bench_*.py; do
	name=$(basename "$source")
	name=${name#bench_} name=${name%.*}
	wanted "$name" "$@" || continue
	echo "-- $name"
	case $source in
	*.c) "$b/tests/bench/bench_$name" ;;
	*.py) /usr/bin/python3 "$source" ;;
	esac
done
