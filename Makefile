# make               build/qvmail, one static file          make CROSS=aarch64-linux-gnu-   for another CPU
# make APPLETS="flush master"  those alone, build/small/qvmail
# make deps          what all of this needs, from Debian    make CC=... SYSROOT=...         with a firmware's own musl
# make demo          the whole job in a sandbox             make install DESTDIR= PREFIX=/usr COMPAT=1
# make check         all tests; SAN=1: under ASan, UBSan    make check T=tests/flush.bats   one of them
# make lint          static analysis                        make reproducible               two trees, one checksum
# make fresh         README's two commands in a minimal Debian of their own, as root
# make bench         measured beside its peers, as root     make bench ROWS=loopback RUNS=1 a quick part
# make bench-check   the same, held to the table in tests/bench/targets
# make random        qv-rcpt beside qv-route and cvm-qmail, these beside models of qmail: ADDRESSES=10000, SEED=n; as root
# make fuzz TIME=60  what is parsed, under libFuzzer        make fuzz ENGINE=afl          the same under AFL++
# make coverage      lines of the pure files that tests run make real                     Postfix, Exim and others take the mail
# make prove              every command killed, failed and starved at every call: a table  PROOFS=kill WHAT=flush: a part
# make monitors      promtool, Nagios, busybox httpd and Chromium take what qv-status says
# make callers       fetchmail and msmtp call, under tcpsvd, inetd, systemd and stunnel
# make size          what its bytes are; fails over budget  make budget      that alone
# make check-cluster      three gateways over GlusterFS, each with namespaces of its own, and two over NFS (check-nfs), as root
# make bench-cluster      a burst through one gateway and through two, and an idle pass, over two kinds of storage, as root
# make dist          the sources as a tarball               make deb         a Debian package, in build/deb
# make check-deb     that one built, used and purged on a bare Debian, as root
# make check-cross ARCH=mips   all tests of another CPU's binary under qemu-user, as root; SLICE=yes: a few; without ARCH: on each
# make image         a firmware with Debian's kernel        make check-boot ARCH=armhf   booted in 64 MB, and unplugged

VERSION = 0.1.0
PREFIX ?= /usr
ifeq ($(origin CC),default)
CC = $(CROSS)gcc
endif
# 1 % smaller on x86, where the compiler knows it: gcc does since 12.
OZ := $(shell $(CC) -Oz -E - </dev/null >/dev/null 2>&1 && echo -Oz)
CFLAGS ?= $(or $(OZ),-Os)
HOSTCC = gcc
# Tests wait for more than half of their time: two more at once than there are processors.
JOBS := $(shell echo $$(($$(nproc) + 2)))

# The native triple may be asked for before `make deps` has brought gcc.
TRIPLE := $(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m)-linux-gnu)
B := build/$(TRIPLE)
BIN := $(if $(CROSS)$(SYSROOT),$B,build)/qvmail
SYSROOT ?= $B/sysroot
SRC := $(sort qvmail.c $(wildcard applets/*.c applets/*/*.c))
LOWER := $(sort $(wildcard applets/*/*.c))
APPLET_NAMES := $(patsubst applets/%.c,%,$(wildcard applets/*.c)) qmail-newu qmail-newmrh
UNITS := $(sort $(wildcard tests/unit/*.c))
FUZZERS := $(sort $(wildcard tests/fuzz/*.c))
# What these reach: rooms that link alone, and a few files.
FUZZED := $(sort $(wildcard $(patsubst %,applets/%/*.c,lib smtp qmail dialup plan routing box)) \
	$(patsubst %,applets/%.c,$(addprefix trigger/,command input login reply tries who) move/vmailmgr move/vpopmail move/words serial/name_feed route/print))
TOOLS := $(patsubst %/main.c,%,$(sort $(wildcard tests/bench/*/main.c)))

WARN = -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wvla -Wformat=2 -Wundef -Wwrite-strings \
	-Wold-style-definition -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
COMMON = -std=gnu11 -D_GNU_SOURCE -DQVMAIL_VERSION=\"$(VERSION)\" -Iapplets -ffile-prefix-map=$(CURDIR)=. -MMD -MP $(WARN)

# The static binary. mips pads a PIE by 64 K, and ld leaves relocations by name in one for riscv, which the start-up does not
# know; without PIE there is no relocation left for RELRO to protect.
ifneq ($(filter mips% riscv%,$(TRIPLE)),)
PIE = -fno-pie
LINK = -static -no-pie $(SYSROOT)/lib/crt1.o
GATE = no-relro
else
PIE = -fPIE
LINK = -static-pie -Wl,--no-dynamic-linker,-z,text $(SYSROOT)/lib/rcrt1.o
endif
# Relocations of 24 bytes each become bits; lib/relr.c applies them. Elsewhere the linker cannot pack them yet.
ifneq ($(filter x86_64%,$(TRIPLE)),)
LINK += -Wl,-z,pack-relative-relocs,--wrap=__libc_start_main
endif
# It has no instruction that changes one byte alone; before gcc 13 that is a call.
ifneq ($(filter riscv%,$(TRIPLE)),)
ATOMIC = -l:libatomic.a
endif
# A page of padding between code and data is for the largest that its kernels may have: 64 K, which none here has. mips has 16 K.
ifneq ($(filter aarch64%,$(TRIPLE)),)
LINK += -Wl,-z,max-page-size=4096
endif
ifneq ($(filter mips%,$(TRIPLE)),)
LINK += -Wl,-z,max-page-size=16384
endif
MUSL = -nostdinc -isystem $(SYSROOT)/include -isystem $(shell $(CC) -print-file-name=include)
INCLUDES = -include applets/lib/banned.h
# Canaries are 7 % of the code. Every function with an array or an address on the stack has one where bytes from outside
# are parsed; in the rooms that only commands of root enter, those with an array of characters have.
ROOTS = check move plan route routing setup
CANARY = -fstack-protector$(if $(filter $(ROOTS:%=$B/applets/%/%),$@),,-strong)
# What goes through every byte of the largest files is worth some hundred bytes more.
HOT = $(addprefix lib/,buf copy feed find) \
	$(addprefix qmail/,assign assign_digest cdbmake lines lines_index lines_key virtualdomains)
$(HOT:%=$B/applets/%.o): CFLAGS += -O2
COMPILE = $(CC) $(COMMON) $(INCLUDES) $(PIE) $(CANARY) -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables $(MUSL) $(CPPFLAGS) $(CFLAGS)

# Unit tests and the sanitizers' qvmail are glibc programs: there is no ASan for musl.
H := build/$(if $(SAN),san,host)
# A shared libubsan ignores log_path.
build/san/%: SANFLAGS = -fsanitize=address,undefined -static-libubsan -fno-sanitize-recover=all -fno-omit-frame-pointer
build/coverage/%: SANFLAGS = --coverage
HOSTCOMPILE = $(HOSTCC) $(COMMON) -g -O1 $(SANFLAGS) $(CPPFLAGS)
HOSTLIBS = -lcdb -lcrypt
, := ,

# make APPLETS="flush master": those alone, as build/small/qvmail; all else is as in the large one.
OBJ = $(SRC:%.c=$B/%.o)
ifneq ($(APPLETS),)
BIN := $(dir $(BIN))small/qvmail
OBJ = $(filter-out $B/qvmail.o,$(SRC:%.c=$B/%.o)) $(BIN).o
UNKNOWN := $(filter-out $(APPLET_NAMES),$(APPLETS))
$(if $(UNKNOWN),$(error no such applet: $(UNKNOWN); there are: $(APPLET_NAMES)))
endif

all: $(BIN)

# Without them it would be $B/qvmail.o, where that is for another CPU.
ifneq ($(APPLETS),)
$(BIN).o: qvmail.c $(BIN).link
	@$(COMPILE) -DONLY='$(foreach a,$(subst -,_,$(APPLETS)),&$a_applet$(,))' -c -o $@ $<
endif

link = $(CC) $(LINK) -nostdlib -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,-z,noseparate-code,--build-id=none \
	$(LDFLAGS) $(SYSROOT)/lib/crti.o $1 -L$(SYSROOT)/lib -Wl,--start-group -lcdb -lc $(ATOMIC) -lgcc -Wl,--end-group $(SYSROOT)/lib/crtn.o

# Linked twice: what .tools/packed.ld gathers is packed, and then left out of the file.
$(BIN): $(OBJ) $(BIN).link .tools/gate .tools/packed.ld build/pack
	@echo ld $@
	@sed 's/ (NOLOAD) / /' .tools/packed.ld >$@.packed.ld
	@$(call link,$(filter %.o,$^)) -Wl,-T,$@.packed.ld -o $@.new
	@$(shell $(CC) -print-prog-name=objcopy) -O binary -j .packed $@.new $@.packed
	@build/pack <$@.packed >$@.packed.c
	@$(COMPILE) -MF /dev/null -c -o $@.packed.o $@.packed.c
	@$(call link,$(filter %.o,$^) $@.packed.o) -Wl,-T,.tools/packed.ld -o $@.new
	@$(shell $(CC) -print-prog-name=readelf) -SW $@.new | grep -q "\.packed  *NOBITS .* $$(printf %06x $$(stat -c %s $@.packed)) " || \
		{ echo "$@: what was packed has another size now" >&2; exit 1; }
	@rm $@.packed $@.packed.*
	@$(shell $(CC) -print-prog-name=strip) -s -R .comment $@.new
	@.tools/gate $@.new $(GATE) && mv $@.new $@

build/pack: .tools/pack.c
	@mkdir -p $(@D)
	@echo cc $@
	@$(HOSTCC) $(WARN) -O1 -o $@ $<

# It is taken over by what it reads.
$B/taken: $(SRC:%.c=$B/%.o) $B/tests/bench/taken/taken.o $(BIN).link
	@echo ld $@
	@$(call link,$(filter %.o,$^)) -Wl,--wrap=envelope_parse,--wrap=smtp_reply_feed -o $@

# Its time of day can be set.
$B/later: $(SRC:%.c=$B/%.o) $B/tests/bench/later/later.o $(BIN).link
	@echo ld $@
	@$(call link,$(filter %.o,$^)) -Wl,--wrap=time,--wrap=__time64 -o $@

# Units and corpora for another CPU are static programs as the binary is, with its objects.
$B/tests/unit/%: $B/tests/unit/%.o $(LOWER:%.c=$B/%.o)
	$(linked)
$B/tests/corpus/%: $B/tests/fuzz/%.o $B/tests/fuzz/lib/replay.o $B/tests/fuzz/lib/json_check.o $(FUZZED:%.c=$B/%.o)
	$(linked)
define linked
	@mkdir -p $(@D)
	@echo ld $@
	@$(call link,$^) -o $@
endef
$B/tests/unit/%.o $B/tests/fuzz/%.o: INCLUDES = -Itests/unit -Itests/fuzz/lib

TESTED_HERE := $(patsubst %.c,$B/%.o,$(UNITS) $(FUZZERS) tests/fuzz/lib/replay.c tests/fuzz/lib/json_check.c)
$(SRC:%.c=$B/%.o) $(TESTED_HERE) $B/tests/bench/taken/taken.o $B/tests/bench/later/later.o: | $(SYSROOT)/lib/libcdb.a
.PRECIOUS: $B/%.o
$B/%.o: %.c $B/command
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
	@$(HOSTCC) $(SANFLAGS) -o $@ $(filter %.o,$^) $(HOSTLIBS)

# The inputs of tests/corpus are replayed under the sanitizers in every `make check`.
define HOSTED
$1/%.o: %.c $1/command
	@mkdir -p $$(@D)
	@echo cc $$@
	@$$(HOSTCOMPILE) -include applets/lib/banned.h -c -o $$@ $$<

$1/tests/unit/%: tests/unit/%.c $(LOWER:%.c=$1/%.o) $1/command
	@mkdir -p $$(@D)
	@echo cc $$@
	@$$(HOSTCOMPILE) -MF $$@.d -Itests/unit -o $$@ $$(filter %.c %.o,$$^) $$(HOSTLIBS)

$1/tests/fuzz/%: tests/fuzz/%.c tests/fuzz/lib/replay.c tests/fuzz/lib/json_check.c $(FUZZED:%.c=$1/%.o) $1/command
	@mkdir -p $$(@D)
	@echo cc $$@
	@$$(HOSTCOMPILE) -MF $$@.d -Itests/fuzz/lib -o $$@ $$(filter %.c %.o,$$^) $$(HOSTLIBS)

$1/command: NEW = $$(HOSTCOMPILE)
.PRECIOUS: $1/%.o
endef
$(foreach b,host san coverage,$(eval $(call HOSTED,build/$b)))

# One program a directory.
.SECONDEXPANSION:
$H/tests/bench/%: tests/bench/%/main.c $$(wildcard tests/bench/$$*/*.c) $$(wildcard tests/bench/$$*/*.h tests/bench/*.h) $H/command
	@mkdir -p $(@D)
	@echo cc $@
	@$(HOSTCOMPILE) -O2 -o $@ $(filter %.c,$^)

# For LD_PRELOAD: an allocator that fails, a clock that can be set.
PRELOADED := $(patsubst tests/prove/lib/%.c,$H/tests/bench/%.so,$(wildcard tests/prove/lib/*.c))
$(PRELOADED): $H/tests/bench/%.so: tests/prove/lib/%.c
	@mkdir -p $(@D)
	@echo cc $@
	@$(HOSTCC) $(WARN) -D_GNU_SOURCE -O2 -shared -fPIC -o $@ $<

$B/applets/shell/completion.o $H/applets/shell/completion.o: applets/shell/completion.bash

# What is made depends on the command line that makes it, and on which files there are.
$B/command: NEW = $(COMPILE) $(ROOTS) $(HOT)
$(BIN).link: NEW = $(LINK) $(LDFLAGS) $(APPLETS) $(SRC)
$H/qvmail.link: NEW = $(SANFLAGS) $(SRC)
$B/command $(BIN).link build/host/command build/san/command build/coverage/command $H/qvmail.link: ALWAYS
	@mkdir -p $(@D)
	@printf '%s\n' '$(NEW)' >$@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@

deps: packages build/src/fetched
packages:
	@.tools/deps
	@.tools/unpack build/dovecot dovecot-pop3d
	@for package in runit s6 openrc; do .tools/unpack build/$$package $$package; done
ifneq ($(filter deps,$(MAKECMDGOALS)),)
.NOTPARALLEL: # nothing is there before it is installed
endif

# A minimal Debian below build/fresh: README's two commands, and what the other targets want. As root, from the mirrors.
fresh:
	@.tools/fresh

demo: $(BIN)
	QVMAIL=$(abspath $(BIN)) sh tests/demo/demo.sh

# Sanitized, the loader makes the calls that faults.bats lets fail, and what starts a thousand processes that are seen
# elsewhere too is left out: it would take half of the time.
UNSANITIZED = build supervise packaging confine faults prove power plan misuse completion help scale later memory
# With another CPU's binary: what is about the sources, or the tests' own programs.
NATIVE = build packaging layers line fakesmtpd prove bench_check
# The long ones first, then the large ones, so that none is left alone at the end.
LONG = shared_mail shared prove plan domain verdicts hostile flush power check dialogue supervise scale master
OMITTED = callers monitors cluster nfs $(if $(SAN),$(UNSANITIZED)) $(if $(CROSS),$(NATIVE),cross cross_large)
BATS = $(filter-out $(OMITTED:%=tests/%.bats),\
	$(LONG:%=tests/%.bats) $(filter-out $(LONG:%=tests/%.bats),$(shell ls -S tests/*.bats)))
TESTED = $(if $(SAN),$H/qvmail,$(BIN))
# C files among the tests as the programs that they are made into, and where their output is kept.
made = $(patsubst tests/fuzz/%.c,$(if $(CROSS),$B/tests/corpus,build/san/tests/fuzz)/%,$(patsubst tests/unit/%.c,$O/tests/unit/%,$1))
O := $(if $(CROSS),$B,$H)
check: $(TESTED) $H/qvmail $B/taken $B/later $(call made,$(UNITS) $(FUZZERS)) $(TOOLS:%=$H/%) $(PRELOADED)
	@rm -rf $O/tap && mkdir -p $O/tap $O/reports && chmod 1777 $O/reports && rm -f $O/reports/*
	@QVMAIL=$(abspath $(TESTED)) TESTBIN=$(abspath $H/tests/bench) TAPDIR=$(abspath $O/tap) \
		OBJECTS=$(abspath $(if $(SAN),$H,$B)) \
		ASAN_OPTIONS=exitcode=99:log_path=$(abspath $O/reports/asan) \
		UBSAN_OPTIONS=exitcode=99:print_stacktrace=1:log_path=$(abspath $O/reports/ubsan) \
		prove --timer -j$(JOBS) -e .tools/tap $(call made,$(if $T,$T,$(BATS) $(UNITS) $(FUZZERS))); \
		r=$$?; cat $O/reports/* 2>/dev/null && r=1; exit $$r

# The same with the binary of each CPU in ARCH, by Debian's name or GNU's. What an emulator has not is skipped: see native()
# in tests/helper.bash. SLICE=yes: units, corpora, and what it writes beside what this machine's binary does.
ARCHS = x86-64 i686 aarch64 armhf armel mips mipsel riscv64
GNU_x86-64 = x86_64-linux-gnu
GNU_armhf = arm-linux-gnueabihf
GNU_armel = arm-linux-gnueabi
gnu = $(or $(GNU_$1),$(if $(filter $1,$(ARCHS)),$1-linux-gnu,$1))
SLICE = $(if $(ARCH),,yes)
SLICED = tests/cross.bats $(UNITS) $(FUZZERS)
check-cross: build/src/fetched
	@.tools/deps cross
	@r=0; for triplet in $(foreach a,$(or $(ARCH),$(ARCHS)),$(call gnu,$a)); do \
		echo "== $$triplet" && .tools/deps $$triplet && .tools/emulated $$triplet \
		$(MAKE) --no-print-directory check CROSS=$$triplet- T='$(or $T,$(if $(SLICE),$(SLICED)))' || r=1; \
		$(MAKE) --no-print-directory budget CROSS=$$triplet- || r=1; \
		grep -ho '# skip .*' build/$$triplet/tap/*.tap | sort | uniq -c; \
	done; exit $$r

# ROWS=loopback RUNS=1 is quick; SERIALMAIL=DIR: where its programs are, if not in PATH.
bench: $(BIN) $(TOOLS:%=$H/%)
	@QVMAIL=$(abspath $(BIN)) TESTBIN=$(abspath $H/tests/bench) bash tests/bench/bench.sh $(ROWS)

# The same, and it fails where tests/bench/targets is missed in every run.
bench-check: $(BIN) $(TOOLS:%=$H/%)
	@rm -f build/records
	@QVMAIL=$(abspath $(BIN)) TESTBIN=$(abspath $H/tests/bench) RECORDS=$(abspath build/records) bash tests/bench/bench.sh $(ROWS)
	@bash tests/bench/judge.sh build/records tests/bench/targets $(ROWS)

# In `make check` they are 1000 to 5000.
ADDRESSES = 10000
random: $(BIN)
	@rm -rf build/random && mkdir -p build/random
	@for kind in random oracle; do \
		python3 tests/route/rcpt.py $$kind $(abspath $(BIN)) tests/golden $(abspath build/random) \
			$(or $(SEED),$(shell date +%s)) $(ADDRESSES) || exit; done
	@for kind in newu route; do \
		python3 -B tests/model/$$kind.py $(abspath $(BIN)) $(abspath build/random)/model \
			$(or $(SEED),$(shell date +%s)) $(ADDRESSES) || exit; done

# Each file of tests/prove is a proof; in `make check` a slice of each. SEED=n, WHAT=REGEX: as its first lines say.
# PROOFS=soak SOAK=3600 CUSTOMERS=2000: for an hour.
PROOFS = $(notdir $(filter-out %/lib,$(sort $(wildcard tests/prove/*))))
prove: $(BIN) $H/qvmail $(TOOLS:%=$H/%) $(PRELOADED)
	@QVMAIL=$(abspath $(BIN)) TESTBIN=$(abspath $H/tests/bench) JOBS=$(JOBS) SEED='$(SEED)' WHAT='$(WHAT)' \
		tests/prove/lib/table $(PROOFS)

# What it finds is kept in build/fuzz/found/, what is new to it beside that. F=cdb: that one alone; ENGINE=afl: under AFL++.
# SEED=1, in an empty build/fuzz/new: the same inputs in the same order.
# `make corpus` puts the smallest set of inputs that reach all that these reach into tests/corpus.
TIME ?= 60
ENGINE = libfuzzer
F = $(FUZZERS:tests/fuzz/%.c=%)
FUZZ := build/fuzz/$(ENGINE)
FUZZSAN = -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZCC = $(if $(filter afl,$(ENGINE)),afl-clang-fast,clang -fsanitize=fuzzer-no-link) $(COMMON) -Wno-format-nonliteral -g -O1 $(FUZZSAN)
$(FUZZ)/%.o: %.c
	@mkdir -p $(@D)
	@echo cc $@
	@$(FUZZCC) -c -o $@ $<
$(F:%=$(FUZZ)/%): $(FUZZ)/%: tests/fuzz/%.c tests/fuzz/lib/json_check.c $(FUZZED:%.c=$(FUZZ)/%.o)
	@echo ld $@
	@$(FUZZCC) -fsanitize=fuzzer -Itests/fuzz/lib -MF $@.d -o $@ $(filter %.c %.o,$^) $(HOSTLIBS)
fuzz: $(F:%=fuzz-%)
corpus: $(F:%=corpus-%)
fuzzer:
	@.tools/deps $(if $(filter afl,$(ENGINE)),afl,fuzz)
fuzz-% corpus-%: fuzzer $(FUZZ)/%
	@tests/fuzz/lib/run.sh $(@:-$*=) $(ENGINE) $* $(TIME) $(SEED)

# Lines of the pure files (tests/pure.bash) that unit tests and corpora run.
coverage: $(patsubst %.c,build/coverage/%,$(UNITS) $(FUZZERS))
	@.tools/coverage build/coverage $^

# The model servers of smtp_random.c, millions of sessions; how many stands in its output. N=50000000: many more.
N ?= 3000000
model: $H/tests/unit/smtp_random
	$< $N

# Real servers take mail, much and odd; what became of it stands in tests/real/table. As root, from the packages' mirrors.
# SERVERS="haraka exim": those alone; TRACE=1: with what was said.
real: $(BIN)
	@QVMAIL=$(abspath $(BIN)) bash tests/real/real.sh $(SERVERS)

# qv-trigger under real listeners, called by real callers: beside CI, as its packages are daemons. As root.
callers:
	@.tools/deps callers
	@$(MAKE) --no-print-directory check T=tests/callers.bats

# qv-status for real monitors and a real browser: beside CI, as they are large. As root.
monitors:
	@.tools/deps monitors
	@$(MAKE) --no-print-directory check T=tests/monitors.bats

# Gateways over a shared spool: beside CI, as GlusterFS and a kernel with NFS are large. As root.
check-cluster: check-nfs
	@.tools/deps cluster
	@$(MAKE) --no-print-directory check T=tests/cluster.bats

check-nfs: $(BIN) $(TOOLS:%=$H/%) $B/later
	@.tools/deps fresh
	@.tools/deps boot-x86-64
	@$(MAKE) -s image ARCH=x86-64
	@QVMAIL=$(abspath $(BIN)) TESTBIN=$(abspath $H/tests/bench) OBJECTS=$(abspath $B) \
		tests/nfs/boot.sh build/image/x86-64 build/nfs tests/nfs.bats tests/shared.bats tests/shared_mail.bats

# CUSTOMERS=1000 IDLE=10000 RUNS=3: as its first lines say.
bench-cluster: $(BIN) $(TOOLS:%=$H/%)
	@.tools/deps cluster
	@QVMAIL=$(abspath $(BIN)) TESTBIN=$(abspath $H/tests/bench) bash tests/bench/gateways.sh

TWIN = build/twin/at/a/path/of/another/length
reproducible: $(BIN)
	rm -rf build/twin
	mkdir -p $(TWIN)/build
	cp -r Makefile .tools qvmail.c applets $(TWIN)
	cp -r build/src $(TWIN)/build
	$(MAKE) -C $(TWIN) $(BIN)
	cmp $(BIN) $(TWIN)/$(BIN)
	rm -rf build/twin

# For a firmware PAGES=no: no manual pages, no completion, and nothing is made that would have to run here.
RUNNER = $(if $(filter no,$(PAGES)),,$(if $(filter $B/%,$(BIN)),$H/qvmail,$(BIN)))
install: $(BIN) $(RUNNER)
	APPLETS='$(APPLETS)' .tools/install '$(RUNNER)' $(BIN) '$(DESTDIR)' '$(PREFIX)' $(COMPAT)

# The project's files as they are here, with the same bytes each time: the date is the last commit's, or SOURCE_DATE_EPOCH.
NAME = qvmail-$(VERSION)
dist:
	@.tools/dist build/dist/$(NAME).tar.gz $(NAME)

# The Debian package, in build/deb; lintian's word on it. As root, but for `make deb` with the packages of .tools/deps.
deb: dist build/src/fetched
	@.tools/deps deb
	@.tools/deb build/deb build/dist/$(NAME).tar.gz

# Built, installed, run by systemd, upgraded, removed and purged in a minimal Debian of its own. As root.
check-deb: dist build/src/fetched $H/tests/bench/fakesmtpd
	@.tools/deps fresh
	@tests/packaging/debian.sh build/check-deb

# What the bytes are, and whether they are too many. The delivery alone is what a gateway with no other job needs.
# WEIGHED="flush hup": of these applets alone.
WEIGHED = $(APPLET_NAMES)
DELIVERY = flush master status hup setlock
BUDGET = $(if $(filter x86_64%,$(TRIPLE)),560000,860000)
BUDGET_DELIVERY = $(if $(filter x86_64%,$(TRIPLE)),231040,$(if $(filter mips%,$(TRIPLE)),350000,340000))
size: $(BIN)
	@mkdir -p build/size
	@$(MAKE) -s LDFLAGS=-Wl,-Map=build/size/map BIN=build/size/qvmail >/dev/null
	@.tools/size build/size/qvmail build/size/map '$(shell $(CC) -print-prog-name=readelf)' '$(MAKE) -s' $(WEIGHED)
	@$(MAKE) -s budget

budget: $(BIN)
	@$(MAKE) -s APPLETS='$(DELIVERY)' BIN=$(dir $(BIN))small/qvmail-delivery >/dev/null
	@.tools/budget $(BIN) $(BUDGET) $(dir $(BIN))small/qvmail-delivery $(BUDGET_DELIVERY)

# A firmware in build/image/ARCH, by README's recipe: Debian's kernel, busybox and qvmail, root.squashfs under disk.ext4.
BOARDS = $(subst x86_64,x86-64,$(or $(ARCH),x86-64 aarch64 armhf mipsel))
crossing = $(filter-out $(shell uname -m)-%,$(call gnu,$1)-)
image:
	@.tools/deps image
	@$(foreach a,$(BOARDS),.tools/deps $(call gnu,$a) && tests/boot/image.sh $a '$(call crossing,$a)' build/image/$a || exit;)

# Its life on a board of 64 MB, under qemu. As root where packages are missing.
check-boot: image $H/tests/bench/fakesmtpd
	@rm -rf build/boot && mkdir -p build/boot/tap
	@r=0; $(foreach a,$(BOARDS),{ .tools/deps boot-$a && $(MAKE) -s CROSS=$(call crossing,$a) build/$(call gnu,$a)/taken && \
		python3 -B tests/boot/boot.py $a build/image/$a $H/tests/bench/fakesmtpd build/$(call gnu,$a)/taken \
			build/boot/$a >build/boot/tap/$a.tap; } || r=1; \
		cat build/boot/tap/$a.tap;) exit $$r

lint:
	@.tools/lint $(JOBS) "$(HOSTCOMPILE) -Itests/unit -Itests/fuzz/lib" $(SRC) .tools/pack.c $(UNITS) $(FUZZERS) $(wildcard tests/bench/*/*.c tests/fuzz/lib/*.c)

# The source packages stay: the next build may have no network.
clean:
	find build -mindepth 1 -maxdepth 1 ! -name src -exec rm -rf {} +

.PHONY: all deps packages fresh demo check prove bench bench-check fuzz fuzzer corpus coverage model random callers monitors check-cluster check-nfs bench-cluster real reproducible install dist deb check-deb check-cross image check-boot size budget lint clean ALWAYS
.DELETE_ON_ERROR:
-include $(shell find $B build/host build/san build/coverage $(FUZZ) -name '*.d' 2>/dev/null)
