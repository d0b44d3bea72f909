# SPDX-License-Identifier: Apache-2.0
# needs: jq awk
set -eu
if [ "$1" = prepare ]; then
	awk -v nr="$((SCALE * 6000))" 'BEGIN {
		print "["
		for (i = 0; i < nr; i++)
			printf "%s{\"id\":%d,\"name\":\"n%d\",\"tags\":" \
				"[\"a%d\",\"b%d\"],\"deep\":{\"x\":{\"y\":" \
				"[%d,%d.5,null,true]}}}\n", i ? "," : "", i,
				i * 7919 % 10007, i % 17, i % 23, i, i
		print "]" }' >in.json
	exit
fi
exec jq -c '[group_by(.tags[0])[] | {tag: .[0].tags[0],
	names: [.[].name | ascii_upcase] | unique,
	sum: [.[].deep.x.y[1]] | add}]' in.json >/dev/null
