# SPDX-License-Identifier: MIT
#
#   make            build/lumigrate and build/liblumigrate.a
#   make migrate    install what is missing, build, apply migrations/
#   make test       install what is missing, build, run every test
#   make coverage   the lines of runner/ that the tests run
#   make fuzz       SECONDS=60 of random input for each harness in tests/fuzz
#   make bench      what limits cost, in instructions (needs valgrind)
#   make lint       the rules of the house; silence is success
#   make static     build/lumigrate-static: one file that needs no other
#   make man        the manual's pages (where scdoc is installed)
#   make install    program, libraries, header, manual, completions
#
# What a packager may override.
CC       ?= cc
AR       ?= ar
CFLAGS   ?= -O2 -g
CPPFLAGS ?=
LDFLAGS  ?=
DESTDIR  ?=
PREFIX   ?= /usr/local
BINDIR   ?= $(PREFIX)/bin
LIBDIR   ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR   ?= $(PREFIX)/share/man
DATADIR  ?= $(PREFIX)/share
BASHCOMPDIR ?= $(DATADIR)/bash-completion/completions
ZSHCOMPDIR  ?= $(DATADIR)/zsh/site-functions
FISHCOMPDIR ?= $(DATADIR)/fish/vendor_completions.d
INSTALL  ?= install
SCDOC    ?= scdoc
# SANITIZE=1: build and test under ASan, UBSan and the leak check.
SANITIZE ?=
# V=1: show the commands.
V        ?=
# ASSUME_YES=1: do not ask before installing packages through sudo.
export ASSUME_YES ?=
# The suites that `make test` runs; empty: all of them.
TESTS    ?=
# How long `make fuzz` is at each harness, and at which (empty: all).
SECONDS  ?= 60
FUZZ     ?=
# -----------------------------------------------------------------------------
SHELL := /bin/sh
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
BUILD := build$(if $(SANITIZE),/sanitize)
, := ,
Q := $(if $(V),,@)
silent = $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V)$(silent),@:,@echo "  $1 $@")

# Flags are asked for when make starts. A target that installs packages first
# must therefore build in a make of its own.
MAKE_AGAIN = $(MAKE) --no-print-directory $(if $(findstring \
             jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

VERSION := $(shell sed -n 's/.*LUMIGRATE_VERSION "\(.*\)"/\1/p' \
             runner/lumigrate.h)
SONAME  := liblumigrate.so.0

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wwrite-strings -Wvla -Werror
SAN  := $(if $(SANITIZE),-fsanitize=address$(,)undefined \
        -fno-sanitize-recover=all -fno-omit-frame-pointer)
DEPS := lua5.4 sqlite3 libmd
# A program in C needs no tables for unwinding while it runs: a seventh of it.
SLIM := $(if $(SANITIZE),,-fno-asynchronous-unwind-tables -fno-unwind-tables)
SLIM_LINK := $(if $(SANITIZE),,-Wl,--no-eh-frame-hdr \
             -Wl,-T$(,)scripts/no-unwind.ld)
COMPILE := -std=c11 $(WARN) -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE \
           -ffunction-sections -fdata-sections $(SLIM) \
           $(shell pkg-config --cflags $(DEPS) 2>/dev/null)
# Relocations are packed, and the segments too (a linker that cannot says so).
LINK := -Wl,--gc-sections -Wl,--as-needed -Wl,-z,pack-relative-relocs \
        -Wl,-z,noseparate-code
# What no time is spent in is compiled for its size: all but these. Whatever a
# packager asks for stays as it is. gcc has some passes that make its -Oz code
# larger; without them it sees less of what is uninitialized, and says so where
# nothing is: the objects of the shared library have them all.
HOT := $(patsubst %,runner/%.c,db/stmt \
       $(addprefix script/,cursor value heap))
takes = $(shell $(CC) -Werror $1 -E -x c /dev/null >/dev/null 2>&1 && echo $1)
SMALLEST := $(or $(call takes,-Oz),-Os) $(call takes,-malign-data=abi) \
            $(call takes,-fno-caller-saves -fno-expensive-optimizations \
              -fno-guess-branch-probability -fno-inline-small-functions \
              -fno-ira-hoist-pressure \
              -fno-jump-tables -fno-move-loop-invariants \
              -fno-optimize-sibling-calls -fno-shrink-wrap \
              -fno-tree-dominator-opts \
              -fno-tree-loop-im -fno-tree-tail-merge \
              --param=logical-op-non-short-circuit=0 \
              -Wno-maybe-uninitialized)
SPEED = $(if $(filter -O2,$(CFLAGS)),$(if $(filter $(HOT),$<),,$(SMALLEST)))

# Loading a library is a good part of a start, so the program carries the
# small ones; SQLite and libc stay shared. Debian's archives cannot go into
# a shared library, so ours is linked with all of them as they come.
SQLITE := $(shell pkg-config --libs sqlite3 2>/dev/null) -lm
SMALL  := -Wl,-Bstatic $(shell pkg-config --libs lua5.4 libmd 2>/dev/null) \
          -Wl,-Bdynamic
# One file with everything in it, libc too. What Lua and SQLite would do with
# dlopen the runner never asks for, so the linker's warning says nothing.
STATIC := -static -Wl,--no-warnings
STATIC_LIBS := $(shell pkg-config --libs sqlite3 lua5.4 libmd 2>/dev/null) -lm
SHARED_LIBS := $(shell pkg-config --libs lua5.4 libmd 2>/dev/null) $(SQLITE)

ROOMS   := base lex engine db db/alter db/catalog core script sqlfile native
LIB_SRC := $(sort $(wildcard runner/*.c $(ROOMS:%=runner/%/*.c)))
CLI_SRC := $(sort $(wildcard runner/cli/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
PIC_OBJ := $(LIB_SRC:%.c=$(BUILD)/pic/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o) $(BUILD)/builtin.o
TEMPLATES := $(sort $(wildcard runner/cli/templates/*))
UNIT    := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/*.c \
           tests/fault/*.c)))

# -- build --------------------------------------------------------------------
.PHONY: all shared static packages
all: $(BUILD)/lumigrate $(BUILD)/liblumigrate.a
	@:
shared: $(BUILD)/$(SONAME)
	@:
static: $(BUILD)/lumigrate-static
	@:
packages:
	@scripts/install-packages.sh --check build

$(BUILD)/lumigrate: $(CLI_OBJ) $(BUILD)/liblumigrate.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(SAN) $(LINK) $(SLIM_LINK) $(LDFLAGS) -o $@ $^ \
	    $(SMALL) $(SQLITE)

$(BUILD)/lumigrate-static: $(CLI_OBJ) $(BUILD)/liblumigrate.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LINK) $(STATIC) $(LDFLAGS) -o $@ $^ $(STATIC_LIBS)

$(BUILD)/liblumigrate.a: $(LIB_OBJ)
	$(call say,AR)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/$(SONAME): $(PIC_OBJ) scripts/liblumigrate.map
	$(call say,LINK)
	$(Q)$(CC) -shared $(CFLAGS) $(SAN) $(LINK) $(LDFLAGS) \
	    -Wl,-soname,$(SONAME) -Wl,-z,defs \
	    -Wl,--version-script=scripts/liblumigrate.map \
	    -o $@ $(PIC_OBJ) $(SHARED_LIBS)

$(BUILD)/%.o: %.c Makefile | packages
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(COMPILE) $(CPPFLAGS) $(CFLAGS) $(SPEED) $(SAN) -MMD -MP \
	    -c -o $@ $<

$(BUILD)/pic/%.o: %.c Makefile | packages
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(COMPILE) -fPIC $(CPPFLAGS) $(CFLAGS) $(SAN) -MMD -MP \
	    -c -o $@ $<

# The built-in templates of "lumigrate new", as text in the program.
$(BUILD)/builtin.c: scripts/templates.awk $(TEMPLATES)
	$(call say,AWK)
	@mkdir -p $(@D)
	$(Q)LC_ALL=C awk -f scripts/templates.awk $(TEMPLATES) >$@

$(BUILD)/builtin.o: $(BUILD)/builtin.c runner/cli/builtin.h Makefile | packages
	$(call say,CC)
	$(Q)$(CC) $(COMPILE) -Irunner/cli $(CPPFLAGS) $(CFLAGS) $(SAN) -c -o $@ $<

-include $(LIB_OBJ:.o=.d) $(PIC_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(UNIT:=.d)

# -- manual -------------------------------------------------------------------
MAN := $(if $(shell command -v $(SCDOC) 2>/dev/null),lumigrate.1 lumigrate.5)

.PHONY: man
man: $(MAN:%=$(BUILD)/%)
	$(if $(MAN),@:,@echo "$(SCDOC) is not installed: no manual pages")

$(BUILD)/%: docs/%.scd runner/lumigrate.h Makefile
	$(call say,MAN)
	@mkdir -p $(@D)
	$(Q)sed 's/@VERSION@/$(VERSION)/' $< | $(SCDOC) >$@

# -- run ----------------------------------------------------------------------
# The program has no default database; ours is used where no other is named.
DATABASE_SET := $(strip $(foreach name,LUMIGRATE_DATABASE DATABASE_URL \
    LUMIGRATE_DATABASE_FILE DATABASE_URL_FILE,$(value $(name))) \
    $(shell grep -Es '^[[:space:]]*(export[[:space:]]+)?(LUMIGRATE_DATABASE|DATABASE_URL)(_FILE)?[[:space:]]*=' \
    .env))
DATABASE := $(if $(DATABASE_SET),,--database data/app.db)

.PHONY: migrate migrate-status build-migrate
migrate: build-migrate
	@$(BUILD)/lumigrate up $(DATABASE)
migrate-status: build-migrate
	@$(BUILD)/lumigrate status $(DATABASE)
build-migrate:
	@scripts/install-packages.sh build
	@$(MAKE_AGAIN) all

# -- test ---------------------------------------------------------------------
# Specs build and install things too: they find the plain build ready.
.PHONY: test test-programs coverage lint
test:
	@scripts/install-packages.sh build test
	@$(MAKE_AGAIN) test-programs
	@$(MAKE_AGAIN) SANITIZE= all shared static man
	@BUILD=$(BUILD) SANITIZE=$(SANITIZE) tests/run $(TESTS)

test-programs: all $(UNIT)
	@:

$(UNIT): $(BUILD)/%: %.c $(BUILD)/liblumigrate.a Makefile
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(COMPILE) $(CPPFLAGS) $(CFLAGS) $(SAN) -MMD -MP -o $@ $< \
	    $(LDFLAGS) $(BUILD)/liblumigrate.a $(SMALL) $(SQLITE) -lcmocka

# The lines of runner/ that the tests run, and those that they leave out.
coverage:
	@scripts/install-packages.sh build test
	@$(MAKE_AGAIN) all shared static man
	@$(MAKE_AGAIN) BUILD=build/coverage LDFLAGS=--coverage \
	    CFLAGS='-O0 -g --coverage -fprofile-update=atomic' test-programs
	@find build/coverage -name '*.gcda' -delete
	@BUILD=build/coverage tests/run $(TESTS)
	@tests/coverage build/coverage

# -- fuzz ---------------------------------------------------------------------
# A harness is a file in tests/fuzz, what it begins with the folder of its name
# in tests/fuzz/corpus. What it finds on the way stays in build/fuzz, and an
# input that breaks it in build/fuzz/found.
FUZZ_FLAGS := -g -O1 -fno-omit-frame-pointer -fsanitize=address$(,)undefined \
              -fno-sanitize-recover=all
FUZZ_OBJ   := $(LIB_SRC:%.c=build/fuzz/%.o)
FUZZERS    := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(sort $(wildcard \
              tests/fuzz/*.c)))

.PHONY: fuzz fuzzers
fuzz:
	@scripts/install-packages.sh build fuzz
	@$(MAKE_AGAIN) fuzzers
	@SECONDS_EACH=$(SECONDS) tests/fuzz/run $(FUZZ)
fuzzers: $(FUZZERS)
	@:

build/fuzz/%.o: %.c Makefile | packages
	$(call say,CLANG)
	@mkdir -p $(@D)
	$(Q)clang $(COMPILE) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP \
	    -c -o $@ $<

build/fuzz/lib.a: $(FUZZ_OBJ)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(FUZZERS): build/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h build/fuzz/lib.a
	$(call say,CLANG)
	$(Q)clang $(COMPILE) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $< \
	    build/fuzz/lib.a $(SHARED_LIBS)

-include $(FUZZ_OBJ:.o=.d)

lint:
	@CFLAGS='$(COMPILE)' scripts/lint.sh

# -- bench --------------------------------------------------------------------
.PHONY: bench
bench: all
	@LUMIGRATE=$(BUILD)/lumigrate bench/limits

# -- install ------------------------------------------------------------------
.PHONY: install clean
install: all shared man
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(INCLUDEDIR) \
	    $(DESTDIR)$(LIBDIR)/pkgconfig
	$(INSTALL) -m 755 $(BUILD)/lumigrate $(DESTDIR)$(BINDIR)
	$(INSTALL) -m 644 runner/lumigrate.h $(DESTDIR)$(INCLUDEDIR)
	$(INSTALL) -m 644 $(BUILD)/liblumigrate.a $(DESTDIR)$(LIBDIR)
	$(INSTALL) -m 755 $(BUILD)/$(SONAME) \
	    $(DESTDIR)$(LIBDIR)/liblumigrate.so.$(VERSION)
	ln -sf liblumigrate.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/liblumigrate.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
	    -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' \
	    scripts/lumigrate.pc.in \
	    >$(DESTDIR)$(LIBDIR)/pkgconfig/lumigrate.pc
	$(INSTALL) -d $(DESTDIR)$(BASHCOMPDIR) $(DESTDIR)$(ZSHCOMPDIR) \
	    $(DESTDIR)$(FISHCOMPDIR) $(DESTDIR)$(DATADIR)/lumigrate
	$(BUILD)/lumigrate completion bash >$(DESTDIR)$(BASHCOMPDIR)/lumigrate
	$(BUILD)/lumigrate completion zsh >$(DESTDIR)$(ZSHCOMPDIR)/_lumigrate
	$(BUILD)/lumigrate completion fish \
	    >$(DESTDIR)$(FISHCOMPDIR)/lumigrate.fish
	$(INSTALL) -m 644 share/lumigrate.lua $(DESTDIR)$(DATADIR)/lumigrate
	$(foreach page,$(MAN),$(INSTALL) -D -m 644 $(BUILD)/$(page) \
	    $(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(page)))/$(page) &&) :

clean:
	rm -rf build
