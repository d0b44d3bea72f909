# SPDX-License-Identifier: Apache-2.0
# needs: clang-22
. "$HERE/lib.sh"

# SQLite's own; no package has it.
[ -n "$PROGRAM" ] || skip "speedtest1 comes with the source alone"
measure "$PROGRAM" --memdb --verify --size "$(quick 20 200)" >said
sed 's/\.* *[0-9.]*s$//' said
