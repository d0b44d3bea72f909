# SPDX-License-Identifier: Apache-2.0
# needs: gcc awk
set -eu
if [ "$1" = prepare ]; then
	awk -v nr="$((SCALE * 30))" -f "$PROGRAMS/make-c.awk" >in.c
	exit
fi
exec gcc -O2 -g -c in.c -o "$SCRATCH/out.o"
