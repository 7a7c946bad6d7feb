#!/bin/bash
# `make lint`: formatting, clang-tidy, cppcheck over our own files; exit 0 when all are clean.
set -u
cd "$(dirname "$0")/.."
make -s build/deps/civetweb/civetweb.o || exit 1
rc=0
mapfile -t ours < <(git ls-files '*.c' '*.h')
mapfile -t sources < <(git ls-files 'server/*.c' 'store/*.c' 'api/*.c' 'firmware-cache/*.c')

clang-format --dry-run -Werror "${ours[@]}" || rc=1

flags="-std=c17 -I. -isystem build/deps/civetweb/include -D_GNU_SOURCE -DSWITCHROOM_VERSION=\"lint\""
flags+=" $(pkg-config --cflags libcjson libosip2 libwebsockets | sed 's/-I/-isystem /g')"
tidy() {
	# shellcheck disable=SC2086
	clang-tidy --quiet "$1" -- $flags 2>/dev/null
}
export -f tidy
export flags
found=$(printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} bash -c 'tidy {}')
if [ -n "$found" ]; then
	echo "$found"
	rc=1
fi

cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,performance,portability \
	--suppress=missingIncludeSystem --suppressions-list=tests/cppcheck-suppressions -I. \
	-j "$(nproc)" "${sources[@]}" || rc=1
[ $rc -eq 0 ] && echo "lint: clean (${#ours[@]} files)"
exit $rc
