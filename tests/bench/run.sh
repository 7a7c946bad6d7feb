#!/bin/bash
# `make bench`: prints one table, "what  value  unit  beside". tests/bench/run.sh BUILD_FOLDER
# Machines are shared and noisy: what counts is a ratio of one run on one machine.
set -u
cd "$(dirname "$0")/../.."
b=$1
echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -r)"
for t in "$b"/tests/bench/bench_*; do
	case $t in *.o | *.d | *'*') continue ;; esac
	echo "-- $(basename "$t")"
	"$t" || exit 1
done
for t in tests/bench/bench_*.py; do
	[ -e "$t" ] || continue
	echo "-- $(basename "$t")"
	/usr/bin/python3 "$t" || exit 1
done
