#!/bin/bash
# Runs every unit and replay test and every fuzz corpus of a build folder; prints one line of counts.
# tests/run-check.sh BUILD_FOLDER
set -u
b=$1
passed=0 failed=0
export REQ_LOG="$b/requirements.log"
: >"$REQ_LOG"
for t in "$b"/tests/unit/test_* "$b"/tests/replay/test_*; do
	case $t in *.o | *.d | *.log | *'*') continue ;; esac
	log=$t.log
	"$t" >"$log" 2>&1
	rc=$?
	ok=$(grep -aoE '^\[  PASSED  \] [0-9]+' "$log" | grep -oE '[0-9]+' | tail -1)
	bad=$(grep -aoE '^\[  FAILED  \] [0-9]+' "$log" | grep -oE '[0-9]+' | tail -1)
	passed=$((passed + ${ok:-0}))
	failed=$((failed + ${bad:-0}))
	if [ $rc -ne 0 ]; then
		[ "${bad:-0}" -gt 0 ] || failed=$((failed + 1))
		echo "FAILED: $t (exit $rc), its output:"
		tail -60 "$log"
	fi
done
for t in "$b"/tests/fuzz/fuzz_*; do
	case $t in *.o | *.d | *.log | *'*') continue ;; esac
	if "$t" "tests/fuzz/corpus/$(basename "$t" | sed s/^fuzz_//)" >"$t.log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: corpus of $t, its output:"
		tail -60 "$t.log"
	fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
