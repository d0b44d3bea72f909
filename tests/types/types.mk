# SPDX-License-Identifier: Apache-2.0
#
# make types: what is too heavy for make test about types.

.PHONY: types
types: setup all
	@scripts/setup examples/wrap/packages tests/types/packages
	@examples/wrap/show $(BUILD)
	@scripts/run-tests $(BUILD) --suite types
	@tests/types/fuzz $(BUILD)
