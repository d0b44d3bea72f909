# SPDX-License-Identifier: Apache-2.0
# needs: xz awk
set -eu
if [ "$1" = prepare ]; then
	awk -v nr="$((SCALE * 30000))" 'BEGIN {
		for (i = 0; i < nr; i++)
			print i * 7919 % 1000003, "line", i % 1013,
				substr("abcdefghijklmnopqrstuvwxyz", 1 + i % 26)
	}' >in
	exit
fi
exec xz -T1 -3 -c in >/dev/null
