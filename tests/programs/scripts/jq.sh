# SPDX-License-Identifier: Apache-2.0
# needs: jq awk
set -eu
awk 'BEGIN {
	print "["
	for (i = 0; i < 20000; i++)
		printf "%s{\"id\":%d,\"name\":\"n%d\",\"tags\":[\"a%d\",\"b%d\"]," \
			"\"deep\":{\"x\":{\"y\":[%d,%d.5,null,true]}}}\n",
			i ? "," : "", i, i * 7919 % 10007, i % 17, i % 23, i, i
	print "]"
}' >in.json
jq -c 'group_by(.tags[0]) | map({tag: .[0].tags[0], n: length})' in.json
jq '[.[] | .deep.x.y[1]] | add' in.json
jq -r '.[] | select(.id % 1000 == 7) | [.id, .name] | @csv' in.json
jq -c 'map(.name) | unique | length, (map(length) | add)' in.json
jq 'to_entries | map(.value.tags |= sort_by(.)) | length' in.json
jq . in.json | cksum
jq -n '[range(30000)] | map(tostring) | join("-") | length'
jq '.[' in.json || echo "left with $?"
echo '{"broken":' | jq . || echo "left with $?"
