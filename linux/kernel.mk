# SPDX-License-Identifier: Apache-2.0
#
# The kernel's doors. Included by the Makefile above; also works alone:
#	make -f linux/kernel.mk kernel
#
# All that is built lies in $(KERNEL_DIR), outside git.

KERNEL_DIR ?= build-kernel
export KERNEL_DIR

# Boots the typed kernel and draws its rows.
kernel: kernel-setup
	@linux/hist

# Boots it with KUnit: "N passed, N failed".
kernel-test: kernel-setup
	@linux/test typed

# Shows that the series costs nothing where it is switched off.
kernel-off: kernel-setup
	@linux/off clang-22 gcc-12

# Everything: each patch alone, checkpatch, KUnit in all modes. Hours.
kernel-check: kernel-setup
	@linux/check

# Boots and measures defconfig; the cover letter's tables. Hours.
kernel-numbers: kernel-setup
	@linux/numbers

kernel-setup:
	@scripts/setup linux/packages

.PHONY: kernel kernel-test kernel-off kernel-check kernel-numbers kernel-setup
