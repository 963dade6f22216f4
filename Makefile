# redrill: build, install, test. `make help` lists the targets.

VERSION := 0.1.0
BUILD   ?= .build
JOBS    ?= $(shell nproc 2>/dev/null || echo 1)
PREFIX  ?= /usr/local
DESTDIR ?=

CC       ?= cc
OPTIMIZE ?= -O2 -g
WARN      = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wwrite-strings
HARDEN   ?= -fstack-protector-strong -D_FORTIFY_SOURCE=2
SANITIZE ?=

PKGS       := libpq libcurl libxml-2.0 libcrypto libcjson zlib libzstd liblz4 liblzma
pkg_cflags := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
pkg_libs   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lbz2

override CPPFLAGS += -D_GNU_SOURCE -DRD_VERSION='"$(VERSION)"' -I. -include drills/common/banned.h $(pkg_cflags)
override CFLAGS   += -std=c17 $(OPTIMIZE) $(WARN) $(HARDEN) $(SANITIZE)
override LDFLAGS  += $(SANITIZE) -Wl,--as-needed

# One archive a layer. What a layer may see is what it is linked with; ci/lint checks the includes.
common_src    := $(wildcard drills/common/*.c)
checks_src    := $(wildcard checks/*.c)
reporters_src := $(wildcard reporters/*.c)
providers_src := $(wildcard drills/providers/*.c)
drills_src    := $(wildcard drills/*.c)

obj = $(patsubst %.c,$(BUILD)/%.o,$(1))
common    := $(BUILD)/common.a
checks    := $(BUILD)/checks.a
reporters := $(BUILD)/reporters.a
providers := $(BUILD)/providers.a
drills    := $(BUILD)/drills.a

all: $(BUILD)/redrill $(BUILD)/shop-app

$(BUILD)/redrill: $(BUILD)/drills/main.o $(drills) $(checks) $(reporters) $(providers) $(common)
	$(CC) $(LDFLAGS) -o $@ $^ $(pkg_libs)

$(common): $(call obj,$(common_src))
$(checks): $(call obj,$(checks_src))
$(reporters): $(call obj,$(reporters_src))
$(providers): $(call obj,$(providers_src))
$(drills): $(call obj,$(filter-out drills/main.c,$(drills_src)))
$(BUILD)/%.a:
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/%.o: %.c | prepared
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# Unit tests mirror the tree and link what lies below their subject, never what lies beside it.
unit_common    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/common/test_*.c))
unit_checks    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/checks/test_*.c))
unit_reporters := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/reporters/test_*.c))
unit_providers := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/providers/test_*.c))
unit_drills    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/drills/test_*.c))
unit           := $(unit_common) $(unit_checks) $(unit_reporters) $(unit_providers) $(unit_drills)

test_main := $(BUILD)/tests/unit/main.o
test_libs  = $(shell pkg-config --libs check 2>/dev/null)
fake_pq   := $(BUILD)/tests/unit/fake_pq.o

$(unit_common): %: %.o $(test_main) $(common)
$(unit_checks): %: %.o $(test_main) $(fake_pq) $(checks) $(common)
$(unit_reporters): %: %.o $(test_main) $(reporters) $(common)
$(unit_providers): %: %.o $(test_main) $(providers) $(common)
$(unit_drills): %: %.o $(test_main) $(drills) $(checks) $(reporters) $(providers) $(common)
$(unit):
	$(CC) $(LDFLAGS) -o $@ $^ $(filter-out $(if $(findstring fake_pq,$^),-lpq),$(pkg_libs)) $(test_libs)


# The demo application is not a part of redrill: it sees the libraries only.
$(BUILD)/shop-app: $(call obj,$(wildcard fixtures/shop/app/*.c))
	$(CC) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs libpq libmicrohttpd libcjson)

$(BUILD)/tests/e2e/run: $(BUILD)/tests/e2e/run.o
	$(CC) $(LDFLAGS) -o $@ $^ $(test_libs)

export REDRILL = $(abspath $(BUILD))/redrill
e2e_scripts := $(sort $(wildcard tests/e2e/[0-9]*.sh))

# All that a test run needs, so that it can be built in parallel.
programs: all $(unit) $(BUILD)/tests/e2e/run

unit: $(unit)
	@tests/run-unit $(unit)

e2e: all $(BUILD)/tests/e2e/run
	@$(BUILD)/tests/e2e/run $(e2e_scripts)

test: setup
	@$(MAKE) --no-print-directory -j$(JOBS) programs
	@$(MAKE) --no-print-directory unit e2e

drill: setup
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@ci/demo

bench: setup
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@ci/bench

lint: setup
	@ci/lint

# The whole suite again under the address and undefined behaviour sanitizers.
asan: setup
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan OPTIMIZE="-O1 -g -fno-omit-frame-pointer" HARDEN= \
	    SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=undefined" unit e2e

# Writes the tables of settings into the READMEs; `make lint` says when they are out of date.
readme: all
	@ci/readme

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/redrill
	install -m 0755 $(BUILD)/redrill $(DESTDIR)$(PREFIX)/bin/redrill
	install -m 0644 drills/redrill.1 $(DESTDIR)$(PREFIX)/share/man/man1/redrill.1
	install -m 0644 drills/redrill.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/redrill
	install -m 0755 ci/verify-evidence.sh $(DESTDIR)$(PREFIX)/share/redrill/verify-evidence.sh

# The programs and libraries that redrill is built and tested with (Debian packages).
prepared:
	@ci/setup --check

setup:
	@ci/setup

clean:
	rm -rf $(BUILD)

help:
	@echo "make            build $(BUILD)/redrill"
	@echo "make drill      install what is missing, build, make a demo backup and drill it"
	@echo "make test       install what is missing, build, run all tests"
	@echo "make install    install under PREFIX ($(PREFIX)), below DESTDIR"
	@echo "make lint       layers, shapes, format, shell scripts"
	@echo "make asan       all tests under the address and undefined behaviour sanitizers"
	@echo "make bench      memory and overhead, as ratios measured in one run"
	@echo "make clean      remove $(BUILD)"

.PHONY: all programs unit e2e test drill bench lint asan readme install prepared setup clean help
.SECONDARY:
