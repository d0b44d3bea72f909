# SPDX-License-Identifier: Apache-2.0
#
# Doors to the fuzzers and the proofs; see docs/testing.md.

OPERATIONS ?= 100000000
SECONDS    ?= 600
SEED       ?=
ENGINE     ?= libfuzzer

# Random operations on the heap against the model, then 64 threads that fork.
soak: setup all
	@ninja -C $(BUILD) --quiet fuzz-replays
	@nice $(BUILD)/tests/fuzz/fuzz-soak $(OPERATIONS) $(SEED)
	@nice $(BUILD)/tests/fuzz/fuzz-crowd $(SECONDS) $(SEED)

# SECONDS for each target; ENGINE=afl instead of libFuzzer.
fuzz: setup
	@scripts/setup tests/unit/packages tests/fuzz/packages
	@tests/fuzz/fuzz $(ENGINE) $(SECONDS)

# The pure maps for all inputs, and each system call of the heap failing.
proof: setup all
	@ninja -C $(BUILD) --quiet fuzz-replays tests/proof/proof-maps
	@tests/proof/prove
	@$(BUILD)/tests/proof/proof-maps
	@$(BUILD)/tests/fuzz/fuzz-fault 1 $(SEED)

.PHONY: soak fuzz proof
