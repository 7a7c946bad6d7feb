#!/bin/bash
# Fetches civetweb's source from Debian's own source package into DIR/csrc and DIR/include (DESIGN 4: the
# binary package has no working TLS and no IPv6). Nothing on the machine changes: apt gets private lists
# and a deb-src copy of the machine's own sources. packaging/civetweb.sh DIR
set -euo pipefail
dir=$(mkdir -p "$1" && cd "$1" && pwd)
work=$dir/work
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/src" "$work/parts" "$dir/include"

for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ -f "$f" ] && grep -h '^deb .*debian' "$f" | sed 's/^deb /deb-src /'
done | sort -u >"$work/sources.list" || true
for f in /etc/apt/sources.list.d/*.sources; do
	[ -f "$f" ] && sed 's/^Types:.*/Types: deb-src/' "$f" >"$work/parts/$(basename "$f")"
done

opts=(-o "Dir::State::Lists=$work/lists" -o "Dir::Etc::SourceList=$work/sources.list"
	-o "Dir::Etc::SourceParts=$work/parts" -o APT::Sandbox::User=root
	-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
apt-get -q "${opts[@]}" update
cd "$work/src"
apt-get -q "${opts[@]}" source --download-only civetweb
dsc=$(ls civetweb_*.dsc | tail -1)
dpkg-source --no-check -x "$dsc" tree >/dev/null
cp tree/include/civetweb.h "$dir/include/"
rm -rf "$dir/csrc"
cp -r tree/src "$dir/csrc"
rm -rf "$work"
echo "civetweb: $dsc"
