# Switchroom. `make run` runs it, `make test` tests it; both install what is missing.
#
# Variants build into folders of their own: SAN=1 (address, undefined), TSAN=1 (thread), CLANG=1.

VERSION  := 0.1.0
ROOT     := build
VARIANT  := $(if $(SAN),san,$(if $(TSAN),tsan,$(if $(CLANG),clang,rel)))
B        := $(ROOT)/$(VARIANT)
BIN      := $(if $(filter rel,$(VARIANT)),$(ROOT)/switchroom,$(B)/switchroom)
DEPS_DIR := $(ROOT)/deps
PYTHON   := /usr/bin/python3
FUZZ_S   := 600
prefix   := /usr/local

ifdef CLANG
CC       := clang
endif

PKGS     := libuv lmdb libcjson libwebsockets libosip2 openssl libsodium expat libarchive libcap-ng
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
HARDEN   := -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
OPT      := -O2 -g
ifdef SAN
OPT      := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
HARDEN   := -fPIE
endif
ifdef TSAN
OPT      := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
HARDEN   := -fPIE
endif
CPPFLAGS += -I. -isystem $(DEPS_DIR)/civetweb/include -D_GNU_SOURCE -DSWITCHROOM_VERSION='"$(VERSION)"' \
	    $(shell pkg-config --cflags $(PKGS) 2>/dev/null | sed 's/-I/-isystem /g')
CFLAGS   += -std=c17 $(OPT) $(WARN) $(HARDEN) -MMD -MP -pthread
LDFLAGS  += -pie -Wl,-z,relro,-z,now -pthread -rdynamic
LDLIBS   += $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lm

SRCS     := $(filter-out server/main.c,$(shell find server store api firmware-cache -name '*.c' 2>/dev/null | sort))
OBJS     := $(SRCS:%.c=$(B)/%.o)
LIB      := $(B)/libswitchroom.a
CIVETWEB := $(DEPS_DIR)/civetweb/civetweb.o
CIVETWEB_O := $(B)/civetweb.o
ASSETS   := $(ROOT)/webui_assets.c
ASSETS_O := $(B)/webui_assets.o

SUPPORT  := $(patsubst %.c,$(B)/%.o,$(wildcard tests/support/*.c))
UNIT     := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c tests/replay/test_*.c))
FUZZ     := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: all run check test check-tsan bench fuzz lint requirements install clean deps tests format
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BIN)

$(BIN): $(B)/server/main.o $(LIB) $(ASSETS_O)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(B)/server/main.o $(LIB) $(ASSETS_O) $(LDLIBS)

$(LIB): $(OBJS) $(CIVETWEB_O)
	@rm -f $@
	@ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(ASSETS_O): $(ASSETS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(SUPPORT) $(LIB) $(ASSETS_O)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(SUPPORT) $(LIB) $(ASSETS_O) $(LDLIBS) -lcmocka

$(B)/tests/replay/%: $(B)/tests/replay/%.o $(SUPPORT) $(LIB) $(ASSETS_O)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(SUPPORT) $(LIB) $(ASSETS_O) $(LDLIBS) -lcmocka

# Fuzz targets run over their corpus with a driver of their own; `make fuzz` uses libFuzzer instead.
$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/driver.o $(SUPPORT) $(LIB) $(ASSETS_O)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(B)/tests/fuzz/driver.o $(SUPPORT) $(LIB) $(ASSETS_O) $(LDLIBS) -lcmocka

# ---- what is not ours: civetweb from Debian's source package, the browser application from npm ----
$(DEPS_DIR)/civetweb/csrc/civetweb.c: packaging/civetweb.sh
	packaging/civetweb.sh $(DEPS_DIR)/civetweb
	@touch $@

$(CIVETWEB): $(DEPS_DIR)/civetweb/csrc/civetweb.c Makefile
	$(CC) -std=gnu11 -O2 -g -w -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -pthread \
	  -DOPENSSL_API_3_0 -DNO_SSL_DL -DUSE_IPV6 -DUSE_X_DOM_SOCKET -DNO_CGI -DNO_CACHING -DNO_FILES \
	  -I$(DEPS_DIR)/civetweb/include -c -o $@ $<

# Four of its system calls go to server/http/civet_hooks.c, which says why.
$(CIVETWEB_O): $(CIVETWEB)
	@mkdir -p $(@D)
	objcopy $(foreach c,accept bind close poll,--redefine-sym $(c)=http_civet_$(c)) $< $@

$(OBJS): | $(CIVETWEB)

ifneq ($(wildcard webui/package.json),)
$(ASSETS): $(shell find webui -path webui/node_modules -prune -o -path webui/dist -prune -o -type f -print)
	cd webui && { [ node_modules -nt package-lock.json ] || { npm ci && touch node_modules; }; }
	cd webui && npm run build
	node webui/embed.mjs webui/dist $@
else
$(ASSETS):
	@mkdir -p $(@D)
	printf '#include "api/assets.h"\nconst struct asset webui_assets[] = { { 0 } };\n' >$@
endif

$(B)/tests/bench/%: $(B)/tests/bench/%.o $(LIB) $(CIVETWEB) $(ASSETS_O)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(ASSETS_O) $(CIVETWEB) $(LDLIBS)

# Stand between a process and its host: failing disks; no IPv6.
PRELOAD := $(B)/faultfs.so $(B)/noipv6.so
$(B)/%.so: tests/support/preload/%.c tests/support/preload/faultfs.h
	@mkdir -p $(@D)
	$(CC) -I. -D_GNU_SOURCE -std=c17 -O2 -g $(WARN) -fPIC -shared -pthread -o $@ $< -ldl

tests: $(UNIT) $(FUZZ) $(PRELOAD)

check: tests
	@tests/run-check.sh $(B)

# ---- the commands of the README: each installs what is missing first ----
run:
	@packaging/deps.sh build
	@echo "building; the first time takes a minute or two"
	@$(MAKE) --no-print-directory -s -j$$(nproc) all
	$(BIN) serve --data ./run

test:
	@packaging/deps.sh build test
	@tests/run-all.sh

deps:
	packaging/deps.sh build test lint bench
	$(MAKE) $(CIVETWEB)
	cd webui && npm ci

# Peers too: SWITCHROOM=build/tsan/switchroom with the same options, after `make TSAN=1 all`.
check-tsan:
	TSAN_OPTIONS="suppressions=$(CURDIR)/tests/tsan.supp" $(MAKE) TSAN=1 check

bench:
	@packaging/deps.sh build test bench
	@$(MAKE) --no-print-directory all $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))
	@tests/bench/run.sh $(B)

# Each target for FUZZ_S seconds with libFuzzer; new inputs are kept in its corpus.
fuzz:
	@packaging/deps.sh build lint
	@tests/fuzz/run.sh $(FUZZ_S)

lint:
	@packaging/deps.sh build test lint
	@tests/lint.sh

requirements:
	@$(PYTHON) tests/requirements.py docs/requirements.tsv $(wildcard $(ROOT)/*/requirements.log)

install: all
	install -D -m 755 $(BIN) $(DESTDIR)$(prefix)/bin/switchroom
	install -D -m 644 packaging/switchroom.service $(DESTDIR)/lib/systemd/system/switchroom.service

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf $(ROOT)/rel $(ROOT)/san $(ROOT)/tsan $(ROOT)/clang $(ROOT)/fuzz $(ROOT)/switchroom $(ASSETS)

-include $(shell find $(ROOT)/$(VARIANT) -name '*.d' 2>/dev/null)
