#!/bin/bash
# `make fuzz`: every target with libFuzzer for SECONDS each; new inputs are kept in its corpus.
# tests/fuzz/run.sh SECONDS [TARGET...]
set -u
cd "$(dirname "$0")/../.."
seconds=$1
shift
out=build/fuzz
mkdir -p $out
flags="-std=gnu17 -O1 -g -I. -isystem build/deps/civetweb/include -D_GNU_SOURCE -DSWITCHROOM_VERSION=\"fuzz\""
flags+=" -fsanitize=fuzzer-no-link,address,undefined $(pkg-config --cflags libcjson libosip2 libwebsockets)"
libs=$(pkg-config --libs libuv lmdb libcjson libwebsockets libosip2 openssl libsodium expat libarchive libcap-ng)
make -s build/deps/civetweb/civetweb.o build/webui_assets.c || exit 1

compile() {
	local o=$out/${1%.c}.o
	mkdir -p "$(dirname "$o")"
	# shellcheck disable=SC2086
	[ "$o" -nt "$1" ] || clang $flags -c -o "$o" "$1"
}
export -f compile
export flags out
{
	git ls-files 'server/*.c' 'store/*.c' 'api/*.c' 'firmware-cache/*.c' 'tests/support/*.c' | grep -vE '^server/main.c$|^tests/support/preload/'
	ls tests/fuzz/fuzz_*.c
} | xargs -P "$(nproc)" -I{} bash -c 'compile {}' || exit 1
clang -g -I. -c -o $out/assets.o build/webui_assets.c
rm -f $out/lib.a
ar rcs $out/lib.a $(find $out/server $out/store $out/api $out/firmware-cache -name '*.o' 2>/dev/null)

rc=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	target=${name#fuzz_}
	[ $# -eq 0 ] || [[ " $* " == *" $target "* ]] || continue
	# shellcheck disable=SC2086
	clang -fsanitize=fuzzer,address,undefined -rdynamic -o $out/$name $out/tests/fuzz/$name.o \
		$(find $out/tests/support -name '*.o') $out/lib.a $out/assets.o build/deps/civetweb/civetweb.o \
		$libs -lm -lcmocka -lpthread -ldl || exit 1
	mkdir -p "tests/fuzz/corpus/$target" $out/found/$target
	if $out/$name -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix=$out/crash-$target- $out/found/$target "tests/fuzz/corpus/$target" >$out/$name.log 2>&1; then
		echo "$target: no finding, $(grep -a 'stat::number_of_executed_units' $out/$name.log | grep -oE '[0-9]+$') runs"
	else
		echo "$target: FINDING, see $out/$name.log"
		tail -30 $out/$name.log
		rc=1
	fi
done
exit $rc
