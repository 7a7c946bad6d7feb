#!/bin/bash
# Unpacks the Debian package of a peer, with what it needs and is not installed here, into a folder of its own
# and prints that folder: some of them conflict, and installed they would all start as daemons.
# tests/bench/peers.sh PACKAGE
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD/build/bench-peers/$1
[ ! -e "$root/.done" ] || { echo "$root"; exit; }

fetch() {
	apt-get -qy -o Dir::Cache::archives="$root/deb" -o Debug::NoLocking=1 --no-install-recommends \
		--download-only --reinstall install "$1"
}
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo

rm -rf "$root"
mkdir -p "$root/deb/partial"
{ fetch "$1" || { $sudo apt-get -q update && fetch "$1"; }; } >"$root/log" 2>&1 || { cat "$root/log" >&2; exit 1; }
for deb in "$root"/deb/*.deb; do
	dpkg -x "$deb" "$root"
done
rm -rf "$root/deb"
touch "$root/.done"
echo "$root"
