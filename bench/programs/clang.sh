# SPDX-License-Identifier: Apache-2.0
# needs: clang-22 awk
set -eu
if [ "$1" = prepare ]; then
	awk -v nr="$((SCALE * 30))" -f "$PROGRAMS/make-c.awk" >in.c
	exit
fi
exec clang-22 -O2 -g -c in.c -o "$SCRATCH/out.o"
