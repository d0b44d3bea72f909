# SPDX-License-Identifier: Apache-2.0
#
# make types: what is too heavy for make test about types; ONLY=redis: the
# shares of one program before and after, nothing else.

.PHONY: types
types: setup all
	@scripts/setup examples/wrap/packages
	@examples/wrap/show $(BUILD) $(ONLY)
	@[ -n "$(ONLY)" ] || scripts/setup tests/types/packages
	@[ -n "$(ONLY)" ] || scripts/run-tests $(BUILD) --suite types
	@[ -n "$(ONLY)" ] || tests/types/fuzz $(BUILD)
