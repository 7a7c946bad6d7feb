#!/bin/bash
# Installs what building, running and testing Switchroom needs: Debian packages by apt (with sudo when not
# root). packaging/deps.sh [--check] SET...   sets: build test bench
# --check only tells (exit 1) whether something is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
check=
[ "${1:-}" != --check ] || { check=1; shift; }

missing=()
for set in "$@"; do
	while read -r package; do
		[ -n "$package" ] || continue
		# a package, or any of several: nodejs|node means "the command node will do"
		name=${package%%|*} command=${package#*|}
		if [ "$command" != "$package" ] && command -v "$command" >/dev/null; then continue; fi
		dpkg-query -W -f='${Status}\n' "$name" 2>/dev/null | grep -q '^install ok installed' || missing+=("$name")
	done < <(sed -e 's/#.*//' -e 's/[[:space:]]*$//' "packaging/debian-packages.$set")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ -n "$check" ]; then
	echo "missing: ${missing[*]}"
	exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || { echo "not root and no sudo: install by hand: ${missing[*]}" >&2; exit 1; }
	sudo=sudo
fi
echo "installing: ${missing[*]}"
$sudo apt-get -q update
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${missing[@]}"
