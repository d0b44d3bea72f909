# SPDX-License-Identifier: Apache-2.0
#
# The front door; meson does the work behind it. `make help` lists the doors.

BUILD ?= build

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet
	@# ninja takes the link for the file it once was, in an older folder.
	@[ -e $(BUILD)/libtypeslab.so ] || \
		ln -s libtypeslab.so.0 $(BUILD)/libtypeslab.so

$(BUILD)/build.ninja: | setup
	@CC=$${CC:-clang-22} meson setup $(BUILD) --buildtype=release $(SETUP_ARGS) \
		>$(BUILD).log 2>&1 || \
		{ cat $(BUILD).log; rm -f $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log

# The doors' suites and the programs on the hardened heap.
test-hardened: setup all
	@scripts/setup tests/programs/packages
	@scripts/run-tests $(BUILD) --setup hardened

# The tests on a library that stops at undefined behaviour, and whose locals
# begin with a pattern.
test-checked:
	@$(MAKE) --no-print-directory test BUILD=build-checked \
		SETUP_ARGS=-Dchecked=true

# Installs what is missing of scripts/packages; silent when nothing is.
setup:
	@scripts/setup

test: setup all
	@scripts/setup tests/programs/packages
	@scripts/run-tests $(BUILD)

# Redis, LevelDB and python3 on the heap, and what it holds of them.
run: setup all
	@scripts/setup examples/packages
	@scripts/run-shows $(BUILD)

# The fast path against the fastest peers, and a small program's memory.
gate: bench-programs
	@bench/gate $(BUILD)

# Every workload of bench/list on every heap, and the table of targets.
# QUICK=1: under five minutes; PEER=name=path.so: one more heap.
BENCH_ARGS = $(BUILD) $(if $(QUICK),--quick) $(if $(PEER),--peer $(PEER))
bench: bench-programs
	@bench/run-bench $(BENCH_ARGS) || [ $$? -le 2 ]
	@bench/extras $(BENCH_ARGS)
	@bench/count $(BENCH_ARGS) || [ $$? -eq 1 ]
	@bench/targets $(BUILD)

# Instructions, loads, stores and branches of a malloc and a free.
bench-count: bench-programs
	@bench/count $(BENCH_ARGS)

# A heap of 12 GiB and 10^8 objects: alone on the machine, many minutes.
bench-long: bench-programs
	@bench/extras $(BENCH_ARGS) --long
	@bench/targets $(BUILD)

bench-programs: setup all
	@scripts/setup bench/packages examples/packages
	@ninja -C $(BUILD) --quiet bench-programs

lint: setup all
	@scripts/lint

# Links, doors, commands and files that the pages name are there; commands do
# what they are there for, here or in a test that scripts/docs-commands names.
docs-check: setup all
	@scripts/docs-check $(BUILD)

# The library by gcc, and the tests that look at it from near.
test-gcc: setup
	@CC=gcc $(MAKE) --no-print-directory BUILD=build-gcc
	@scripts/run-tests build-gcc --suite unit --suite api --suite token \
		--suite death --suite stress

# As on other systems: a heap that counts in larger pages; one that fits into
# 39 bits of addresses.
test-systems: setup all
	@scripts/test-systems $(BUILD)

# By each compiler with -Wall -Wextra -Werror; on musl; for aarch64, in qemu.
test-compilers: setup
	@scripts/setup tests/platforms/packages
	@scripts/test-compilers build-compilers
test-musl: setup
	@scripts/setup tests/platforms/packages
	@scripts/test-musl build-musl
test-aarch64: setup
	@scripts/setup tests/platforms/packages
	@scripts/test-aarch64 build-aarch64

# Unit tests under ASan and UBSan, threads under TSan.
sanitize: setup
	@scripts/setup tests/unit/packages
	@scripts/sanitize

# The stress programs in a virtual machine with huge pages and no overcommit.
guest: setup all
	@scripts/setup tests/stress/guest/packages
	@tests/stress/guest/run $(BUILD)

# Attacks on this heap and on others, as a table; QUICK=1: in 3 minutes.
.PHONY: exploit
exploit: setup all
	@scripts/setup tests/exploit/packages
	@tests/exploit/run-exploits $(BUILD) $(if $(QUICK),--quick)

# Removes each safety check in turn; a named test must go red.
mutants: setup all
	@scripts/mutants

# Where programs look; DESTDIR stands before it for a package's sake.
PREFIX ?= /usr/local
install: setup all
	@scripts/install $(BUILD) $(abspath $(PREFIX)) $(DESTDIR)

# Takes away what the last `make install` of this build folder put there.
uninstall:
	@ninja -C $(BUILD) --quiet uninstall >/dev/null

# Debian packages in $(BUILD)/deb, lintian clean; TWICE=1: the same bytes twice.
.PHONY: deb
deb: setup all
	@scripts/setup debian/packages
	@scripts/make-deb $(BUILD) $(if $(TWICE),--twice)

# In a clean root: the packages; what the README tells a newcomer, with QUICK=1
# `make` in place of its two commands.
deb-test: deb
	@scripts/setup tests/install/packages
	@tests/install/check-deb $(BUILD)

newcomer: setup all
	@scripts/setup tests/install/packages
	@tests/install/newcomer $(BUILD) $(if $(QUICK),make)

clean:
	rm -rf $(BUILD)

include linux/kernel.mk
include tests/fuzz/fuzz.mk
include tests/types/types.mk
include servers/servers.mk

format:
	@git ls-files '*.c' '*.h' | grep -v '^linux/' | xargs clang-format -i

help:
	@echo 'make              build libtypeslab.so, libtypeslab.a and typeslab in $(BUILD)/'
	@echo 'make run          Redis, LevelDB and python3 on the heap, with histograms'
	@echo 'make test         install what is missing, build, run all tests'
	@echo 'make test-gcc     the same with a library built by gcc, without the programs'
	@echo 'make test-compilers  build by gcc-12, clang-14 and clang-22 without a warning'
	@echo 'make test-musl    the library on musl, static and shared'
	@echo 'make test-checked the tests; the library stops at undefined behaviour'
	@echo 'make test-aarch64 the tests in qemu'
	@echo 'make test-hardened  API, faults, stress and programs under profile=hardened'
	@echo 'make test-systems the suites with pages of 16 and 64 KiB; in 39 bits of addresses'
	@echo 'make lint         the rules that a machine can check'
	@echo 'make docs-check   what the pages name is there, and their commands run'
	@echo 'make sanitize     unit tests under ASan and UBSan, threads under TSan'
	@echo 'make servers      real servers under load; QUICK=1, ONLY=redis'
	@echo 'make exploit      attack this heap and others; QUICK=1: 3 minutes'
	@echo 'make mutants      remove each safety check in turn; tests must notice'
	@echo 'make types        types of real programs before and after wrap; ONLY=redis'
	@echo 'make fuzz         any bytes as operations, options, snapshots; SECONDS, ENGINE'
	@echo 'make soak         10^8 operations against the model; OPERATIONS, SEED, SECONDS'
	@echo 'make proof        the pure maps for all inputs'
	@echo 'make guest        the stress programs in a virtual machine'
	@echo 'make kernel       build and boot the typed kernel, draw its rows'
	@echo 'make kernel-test  boot it with its KUnit suite'
	@echo 'make kernel-off   show that the series adds no code where it is switched off'
	@echo 'make kernel-check, kernel-numbers  each patch alone, all modes; the tables (hours)'
	@echo 'make gate         time the fast path against its fastest peers'
	@echo 'make bench        all workloads on our heap and its peers; QUICK=1'
	@echo 'make bench-count  instructions of a malloc and a free'
	@echo 'make bench-long   a heap of 12 GiB, and 10^8 objects'
	@echo 'make install      PREFIX=/usr/local, DESTDIR=; make uninstall'
	@echo 'make deb          Debian packages in $(BUILD)/deb; TWICE=1: compare two'
	@echo 'make deb-test     install, use and remove them in a clean root'
	@echo 'make newcomer     clone, run, test, install and use it in a clean root; QUICK=1'
	@echo 'make format       lay out the C sources with clang-format'
	@echo 'make clean        remove $(BUILD)/'

.PHONY: all docs-check setup test test-checked test-hardened test-systems test-gcc test-compilers test-musl test-aarch64 run gate bench bench-count bench-long bench-programs lint sanitize guest mutants install uninstall deb-test newcomer clean format help
