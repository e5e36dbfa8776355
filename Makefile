# SPDX-License-Identifier: MIT
# What a packager may override. Nothing below the line should need editing.
CC      ?= cc
AR      ?= ar
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
DESTDIR ?=
# SANITIZE=1: build and test under ASan, UBSan and the leak check.
SANITIZE ?=
# -----------------------------------------------------------------------------
SHELL := /bin/sh
, := ,
.DEFAULT_GOAL := all
BUILD := build$(if $(SANITIZE),/sanitize)

DEPS := lua5.4 sqlite3 libmd jansson
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wwrite-strings -Wvla -Werror
CPPFLAGS += -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE \
            $(shell pkg-config --cflags $(DEPS) 2>/dev/null)
SAN := $(if $(SANITIZE),-fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)

ROOMS := base lex engine db core script sqlfile
LIB_SRC := $(sort $(wildcard runner/*.c $(ROOMS:%=runner/%/*.c)))
CLI_SRC := $(sort $(wildcard runner/cli/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o)

# Loading a library is a good part of a start, so the program carries the
# small ones; SQLite and libc stay shared.
STATIC_DEPS := lua5.4 libmd jansson
LDLIBS_SMALL := -Wl,-Bstatic $(shell pkg-config --libs $(STATIC_DEPS) 2>/dev/null) -Wl,-Bdynamic
LDLIBS_SHARED := $(shell pkg-config --libs sqlite3 2>/dev/null) -lm

.PHONY: all
all: $(BUILD)/lumigrate

$(BUILD)/lumigrate: $(CLI_OBJ) $(BUILD)/liblumigrate.a
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $^ $(LDLIBS_SMALL) $(LDLIBS_SHARED)

$(BUILD)/liblumigrate.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) -std=c11 $(WARN) $(CPPFLAGS) $(CFLAGS) $(SAN) -MMD -MP -c -o $@ $<

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)

.PHONY: clean
clean:
	rm -rf build
