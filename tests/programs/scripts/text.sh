# SPDX-License-Identifier: Apache-2.0
# needs: sort awk xz tar gzip grep sed find diff
#
# The small tools: sort with threads and little memory, xz with threads, tar.
set -eu
awk 'BEGIN {
	for (i = 0; i < 200000; i++)
		print i * 7919 % 1000003, "line", i % 1013,
			substr("abcdefghijklmnopqrstuvwxyz", 1 + i % 26)
}' >lines
sort --parallel=2 -S 4M lines | cksum
sort --parallel=2 -k4,4 -k1,1n lines | cksum
sort -u -k3,3n lines | wc -l
xz -T2 --block-size=1MiB -2 -c lines >lines.xz
cksum <lines.xz
xz -dc lines.xz | cmp - lines && echo "xz: same back"
xz -9 -c lines.xz | wc -c
gzip -c lines | gzip -d | cmp - lines && echo "gzip: same back"
mkdir tree
split -l 5000 lines tree/part-
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
	-cf - tree | cksum
grep -c -P '(\d)\1+ line 1[0-9]+ .*xyz$' lines
sed -E 's/([0-9]+) line ([0-9]+)/\2 \1/' lines | cksum
find tree -type f -size +1k | sort | head -n 3
diff tree/part-aa tree/part-ab | wc -l
awk '{ n[$3] += $1 } END { for (k in n) print k, n[k] }' lines | sort -n |
	cksum
