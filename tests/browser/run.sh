#!/bin/bash
# run.sh [FILE...] - the pure parts of the browser application (vitest), then the application itself:
# Chromium against the built binary ($SWITCHROOM or build/switchroom), on free ports with fresh data.
# Screenshots go to build/screenshots. Prints one line of counts at the end.
set -u
cd "$(dirname "$0")/../.."
export SWITCHROOM=${SWITCHROOM:-$PWD/build/switchroom}
export SCREENSHOTS=${SCREENSHOTS:-$PWD/build/screenshots}
mkdir -p "$SCREENSHOTS" build
passed=0 failed=0

need() { command -v "$1" >/dev/null || { echo "missing: $1 (make deps installs it)"; failed=$((failed + 1)); }; }

install() {     # install FOLDER: node_modules as the lockfile says
	[ "$1/node_modules" -nt "$1/package-lock.json" ] && return
	(cd "$1" && npm ci --no-audit --no-fund >/dev/null && touch node_modules) || { echo "npm ci fails in $1"; failed=$((failed + 1)); }
}


need node
need npm
need chromium
need sipp
[ -x "$SWITCHROOM" ] || { echo "missing: $SWITCHROOM (make builds it)"; failed=$((failed + 1)); }
install webui
install tests/browser
if [ $failed -eq 0 ]; then
	log=build/test-webui-unit.log
	(cd webui && npx vitest run --reporter=verbose) >"$log" 2>&1 || failed=$((failed + 1))
	p=$(grep -aoE 'Tests .*' "$log" | tail -1 | grep -oE '[0-9]+ passed' | grep -oE '[0-9]+')
	f=$(grep -aoE 'Tests .*' "$log" | tail -1 | grep -oE '[0-9]+ failed' | grep -oE '[0-9]+')
	[ "${f:-0}" -eq 0 ] && [ $failed -eq 0 ] || tail -60 "$log"
	passed=$((passed + ${p:-0})) failed=$((failed > ${f:-0} ? failed : ${f:-0}))

	files=("$@")
	[ ${#files[@]} -gt 0 ] || files=(tests/browser/*.test.mjs)
	log=build/test-browser-tap.log
	node --test --test-concurrency=1 --test-reporter=tap "${files[@]}" 2>&1 | tee "$log" |
		grep -aE '^ *(ok|not ok) |^ *(error|message|stack|expected|actual): |^# [A-Z]'
	rc=${PIPESTATUS[0]}
	p=$(grep -aE '^# pass ' "$log" | tail -1 | grep -oE '[0-9]+')
	f=$(grep -aE '^# (fail|cancelled) ' "$log" | grep -oE '[0-9]+' | awk "{ n += \$1 } END { print n + 0 }")
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0}))
	[ "$rc" -eq 0 ] || [ "${f:-0}" -gt 0 ] || failed=$((failed + 1))
	[ "${p:-0}" -gt 0 ] || failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
