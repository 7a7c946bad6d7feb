#!/bin/bash
# `make lint`: clang-format, clang-tidy and cppcheck over our own C, `bash -n` over the shell scripts, a
# compile of the Python; exit 0 when all are clean. The line of tests/functions.py at the end only reports.
set -u
cd "$(dirname "$0")/.."
make -s build/deps/civetweb/civetweb.o || exit 1
jobs=$(nproc)
rc=0
mapfile -t ours < <(git ls-files '*.c' '*.h')
mapfile -t sources < <(git ls-files '*.c')
mapfile -t scripts < <(git ls-files '*.sh' '.ci/run')
mapfile -t python < <(git ls-files '*.py')

# step NAME COMMAND...: runs it, tells how long it took and whether it was clean
step() {
	local name=$1 began=$SECONDS state=clean
	shift
	"$@" || { rc=1 state=FAILED; }
	echo "lint: $name $state ($((SECONDS - began)) s)"
}

format() {
	clang-format --dry-run -Werror "${ours[@]}"
}

shells() {
	local bad=0 s
	for s in "${scripts[@]}"; do bash -n "$s" || bad=1; done
	return $bad
}

pythons() {
	/usr/bin/python3 - "${python[@]}" <<-'end'
		import sys
		for path in sys.argv[1:]:
		    compile(open(path, encoding="utf-8").read(), path, "exec")
	end
}

flags="-std=c17 -I. -isystem build/deps/civetweb/include -D_GNU_SOURCE -DSWITCHROOM_VERSION=\"lint\""
flags+=" $(pkg-config --cflags libcjson libosip2 libwebsockets | sed 's/-I/-isystem /g')"

# Every finding is an error (.clang-tidy), and so is a file that does not compile: clang-tidy's own exit
# status decides, never what it happens to print.
tidy() {
	local out
	# shellcheck disable=SC2086
	out=$(clang-tidy --quiet "$@" -- $flags 2>&1) && return 0
	printf '%s\n' "$out" | grep -vE '^[0-9]+ warnings? (generated|treated)' >&2
	return 1
}
export -f tidy
export flags

tidies() {
	printf '%s\n' "${sources[@]}" | xargs -P "$jobs" -n 1 bash -c 'tidy "$@"' tidy
}

cpp() {
	cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,performance,portability \
		--suppress=missingIncludeSystem --suppressions-list=tests/cppcheck-suppressions --library=tests/cppcheck.cfg -I. \
		-j "$jobs" "${sources[@]}"
}

step clang-format format
step shell shells
step python pythons
step clang-tidy tidies
step cppcheck cpp
/usr/bin/python3 tests/functions.py
[ $rc -eq 0 ] && echo "lint: clean (${#ours[@]} files)"
exit $rc
