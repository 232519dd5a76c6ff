# make               build/qvmail, one static file          make CROSS=aarch64-linux-gnu-   for another CPU
# make deps          what all of this needs, from Debian    make CC=... SYSROOT=...         with a firmware's own musl
# make demo          the whole job in a sandbox             make install DESTDIR= PREFIX=/usr
# make check         all tests; SAN=1: under ASan, UBSan    make check T=tests/flush.bats   one of them
# make lint          static analysis                        make reproducible               two trees, one checksum

VERSION = 0.1.0
PREFIX = /usr
CFLAGS = -Os
ifeq ($(origin CC),default)
CC = $(CROSS)gcc
endif
HOSTCC = gcc
JOBS = 2

# The native triple may be asked for before `make deps` has brought gcc.
TRIPLE := $(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m)-linux-gnu)
B := build/$(TRIPLE)
BIN := $(if $(CROSS)$(SYSROOT),$B,build)/qvmail
SYSROOT ?= $B/sysroot
SRC := $(sort qvmail.c $(wildcard applets/*.c applets/*/*.c))
LOWER := $(sort $(wildcard applets/*/*.c))
UNITS := $(sort $(wildcard tests/unit/*.c))
TOOLS := $(sort $(wildcard tests/tools/*.c))

WARN = -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wvla -Wformat=2 -Wundef -Wwrite-strings \
	-Wold-style-definition -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
COMMON = -std=gnu11 -D_GNU_SOURCE -DQVMAIL_VERSION=\"$(VERSION)\" -Iapplets -ffile-prefix-map=$(CURDIR)=. -MMD -MP $(WARN)

# The static binary. mips pads a PIE by 64 K; without PIE there is no relocation left for RELRO to protect.
ifneq ($(filter mips%,$(TRIPLE)),)
PIE = -fno-pie
LINK = -static -no-pie $(SYSROOT)/lib/crt1.o
GATE = no-relro
else
PIE = -fPIE
LINK = -static-pie -Wl,--no-dynamic-linker,-z,text $(SYSROOT)/lib/rcrt1.o
endif
ifneq ($(filter aarch64%,$(TRIPLE)),)
LINK += -Wl,-z,max-page-size=4096
endif
MUSL = -nostdinc -isystem $(SYSROOT)/include -isystem $(shell $(CC) -print-file-name=include)
COMPILE = $(CC) $(COMMON) -include applets/lib/banned.h $(PIE) -fstack-protector-strong -ffunction-sections \
	-fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables $(MUSL) $(CPPFLAGS) $(CFLAGS)

# Unit tests and the sanitizers' qvmail are glibc programs: there is no ASan for musl.
H := build/$(if $(SAN),san,host)
SANFLAGS = $(if $(SAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
HOSTCOMPILE = $(HOSTCC) $(COMMON) -g -O1 $(SANFLAGS) $(CPPFLAGS)
, := ,

all: $(BIN)

$(BIN): $(SRC:%.c=$B/%.o) $(BIN).link .tools/gate
	@echo ld $@
	@$(CC) $(LINK) -nostdlib -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,-z,noseparate-code,--build-id=none \
		$(LDFLAGS) $(SYSROOT)/lib/crti.o $(filter %.o,$^) -L$(SYSROOT)/lib \
		-Wl,--start-group -lcdb -lc -lgcc -Wl,--end-group $(SYSROOT)/lib/crtn.o -o $@.new
	@$(shell $(CC) -print-prog-name=strip) -s -R .comment $@.new
	@.tools/gate $@.new $(GATE) && mv $@.new $@

$B/%.o: %.c $B/command | $(SYSROOT)/lib/libcdb.a
	@mkdir -p $(@D)
	@echo cc $@
	@$(COMPILE) -c -o $@ $<

$B/sysroot/lib/libcdb.a: .tools/sysroot | build/src/fetched
	.tools/sysroot '$(CC)' build/src $B/sysroot $(PIE)

build/src/fetched: .tools/sources
	.tools/sources $(@D)
	touch $@

$H/qvmail: $(SRC:%.c=$H/%.o) $H/qvmail.link
	@echo ld $@
	@$(HOSTCC) $(SANFLAGS) -o $@ $(filter %.o,$^) -lcdb -lcrypt

$H/%.o: %.c $H/command
	@mkdir -p $(@D)
	@echo cc $@
	@$(HOSTCOMPILE) -include applets/lib/banned.h -c -o $@ $<

$H/tests/unit/%: tests/unit/%.c $(LOWER:%.c=$H/%.o) $H/command
	@mkdir -p $(@D)
	@echo cc $@
	@$(HOSTCOMPILE) -MF $@.d -Itests/unit -o $@ $(filter %.c %.o,$^) -lcdb -lcrypt

$H/tests/tools/%: tests/tools/%.c $H/command
	@mkdir -p $(@D)
	@echo cc $@
	@$(HOSTCOMPILE) -MF $@.d -o $@ $<

# What is made depends on the command line that makes it, and on which files there are.
$B/command: NEW = $(COMPILE)
$H/command: NEW = $(HOSTCOMPILE)
$(BIN).link: NEW = $(LINK) $(LDFLAGS) $(SRC)
$H/qvmail.link: NEW = $(SANFLAGS) $(SRC)
$B/command $H/command $(BIN).link $H/qvmail.link: ALWAYS
	@mkdir -p $(@D)
	@printf '%s\n' '$(NEW)' >$@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@

deps: build/src/fetched
	@.tools/deps

demo: $(BIN)
	QVMAIL=$(abspath $(BIN)) sh tests/demo/demo.sh

TESTED = $(if $(SAN),$H/qvmail,$(BIN))
TESTS = $(if $T,$(T:%.c=$H/%),$(UNITS:%.c=$H/%) $(filter-out $(SAN:%=tests/build.bats),$(sort $(wildcard tests/*.bats))))
check: $(TESTED) $(UNITS:%.c=$H/%) $(TOOLS:%.c=$H/%)
	@rm -rf $H/tap && mkdir -p $H/tap $H/reports && chmod 1777 $H/reports && rm -f $H/reports/*
	@QVMAIL=$(abspath $(TESTED)) TESTBIN=$(abspath $H/tests/tools) TAPDIR=$(abspath $H/tap) \
		OBJECTS=$(abspath $(if $(SAN),$H,$B)) \
		ASAN_OPTIONS=exitcode=99:log_path=$(abspath $H/reports/asan) UBSAN_OPTIONS=print_stacktrace=1 \
		prove -j$(JOBS) -e .tools/tap $(TESTS); r=$$?; cat $H/reports/* 2>/dev/null && r=1; exit $$r

reproducible: $(BIN)
	rm -rf build/twin
	mkdir -p build/twin/at/a/path/of/another/length
	cp -r Makefile .tools qvmail.c applets build/twin/at/a/path/of/another/length
	mkdir build/twin/at/a/path/of/another/length/build
	cp -r build/src build/twin/at/a/path/of/another/length/build
	$(MAKE) -C build/twin/at/a/path/of/another/length $(BIN)
	cmp $(BIN) build/twin/at/a/path/of/another/length/$(BIN)
	rm -rf build/twin

# Names that other packages own (setlock, maildirmake, qmail-newu, ...) are only installed with COMPAT=1.
RUNS = $(if $(filter-out build/qvmail,$(BIN)),$H/qvmail,$(BIN))
NAMES = $(if $(COMPAT),.,/qv-)
install: $(BIN) $(RUNS)
	.tools/man $(RUNS) build/man
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/qvmail
	$(RUNS) --list-full | grep '$(NAMES)' | while read -r path; do \
		case $$path in usr/*) path=$(PREFIX)/$${path#usr/} ;; *) path=/$$path ;; esac; \
		mkdir -p $(DESTDIR)$${path%/*} && ln -sfr $(DESTDIR)$(PREFIX)/bin/qvmail $(DESTDIR)$$path && \
		install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 build/man/$${path##*/}.8 || exit 1; \
	done
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 build/man/qvmail.8

LINTED = $(SRC) $(UNITS) $(TOOLS)
SCRIPTS = .ci/run $(wildcard .tools/* tests/*.sh tests/*/*.sh rootfs/etc/init.d/*)
lint: lint-cppcheck lint-analyzer lint-tidy lint-shell lint-format
lint-cppcheck:
	cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		-j$(JOBS) -Iapplets -Itests/unit -DQVMAIL_VERSION='""' $(LINTED)
# malloc-leak does not understand arrays of owners; the leak sanitizer does, in `make check SAN=1`.
lint-analyzer:
	@echo gcc -fanalyzer
	@printf '%s\n' $(LINTED) | xargs -P$(JOBS) -n1 $(HOSTCOMPILE) -Itests/unit -Werror -fanalyzer \
		-Wno-analyzer-malloc-leak -MF /dev/null -c -o /dev/null
# One file at a time: version 14 carries the state of one into the next.
lint-tidy:
	@echo clang-tidy
	@printf '%s\n' $(LINTED) | xargs -P$(JOBS) -I@ clang-tidy --quiet @ -- $(filter -std% -D% -I%,$(COMMON)) -Itests/unit 2>/dev/null
lint-shell:
	shellcheck $(SCRIPTS)
	shellcheck -s bats -S warning -e SC2034,SC2154 $(wildcard tests/*.bats tests/*.bash)
lint-format:
	@clang-format --dry-run $(LINTED) 2>&1 | grep -c warning | sed 's/$$/ places clang-format would change; no gate/'

clean:
	rm -rf build

.PHONY: all deps demo check reproducible install clean ALWAYS lint lint-cppcheck lint-analyzer lint-tidy lint-shell lint-format
.DELETE_ON_ERROR:
-include $(shell find $B $H -name '*.d' 2>/dev/null)
