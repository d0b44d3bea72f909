# SPDX-License-Identifier: Apache-2.0
#
# The front door; meson does the work behind it. `make help` lists the doors.

BUILD ?= build

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet

$(BUILD)/build.ninja: | setup
	@CC=$${CC:-clang-22} meson setup $(BUILD) --buildtype=release >$(BUILD).log 2>&1 || \
		{ cat $(BUILD).log; rm -f $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log

# Installs what is missing of scripts/packages; silent when nothing is.
setup:
	@scripts/setup

test: setup all
	@scripts/run-tests $(BUILD)

clean:
	rm -rf $(BUILD)

format:
	@git ls-files '*.c' '*.h' '*.cc' | grep -v '^linux/' | xargs clang-format -i

help:
	@echo 'make              build libtypeslab.so, libtypeslab.a and typeslab in $(BUILD)/'
	@echo 'make test         install what is missing, build, run all tests'
	@echo 'make format       lay out the C sources with clang-format'
	@echo 'make clean        remove $(BUILD)/'

.PHONY: all setup test clean format help
