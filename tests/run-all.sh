#!/bin/bash
# `make test`: unit, replay and corpus tests under the sanitizers, 10,000 random configurations, then peers
# against the sanitizer build, then the browser against the release build. Prints one line of counts at the end.
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0 ended=0
jobs=$(nproc)
mkdir -p build

# section NAME COMMAND...: runs it, shows its output, adds the last "N passed, N failed" to the sums
section() {
	local name=$1 log=build/test-$1.log rc
	shift
	echo "== $name"
	"$@" 2>&1 | tee "$log" | tail -n 400
	rc=${PIPESTATUS[0]}
	local p f
	p=$(grep -aoE '[0-9]+ passed' "$log" | tail -1 | grep -oE '[0-9]+')
	f=$(grep -aoE '[0-9]+ (failed|errors?)' "$log" | tail -1 | grep -oE '[0-9]+')
	passed=$((passed + ${p:-0}))
	failed=$((failed + ${f:-0}))
	if [ "$rc" -ne 0 ] || [ -z "${p:-}" ]; then
		ended=1
		[ "${f:-0}" -gt 0 ] || failed=$((failed + 1))
	fi
}

build() {
	make -s -j"$jobs" "$@" >build/test-build.log 2>&1 || { tail -40 build/test-build.log; exit 1; }
}

echo "== build"
build all
build SAN=1 all tests

section check make -s SAN=1 check
section random tests/random.sh 10000
export REQ_LOG=$PWD/build/san/requirements.log
section peer env SWITCHROOM="$PWD/build/san/switchroom" /usr/bin/python3 -m pytest -q -p no:cacheprovider \
	--durations=5 tests/peer
section browser tests/browser/run.sh

echo "$passed passed, $failed failed"
[ $ended -eq 0 ] && [ $failed -eq 0 ]
