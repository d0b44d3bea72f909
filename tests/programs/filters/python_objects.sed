# SPDX-License-Identifier: Apache-2.0
# unittest says how long it took.
s/^(Ran [0-9]+ tests) in .*/\1/
s/0x[0-9a-f]{6,}/ADDRESS/g
