# SPDX-License-Identifier: Apache-2.0
# needs: redis-server redis-benchmark redis-cli
. "$HERE/lib.sh"

serve log "${PROGRAM:-redis-server}" --port 0 --unixsocket "$PWD/s" --save '' \
	--appendonly no --enable-debug-command yes
wait_for redis-cli -s s ping
seq 200000 | awk '{ printf "SET key:%d %0*d\nLPUSH list:%d %d\nHSET hash:%d f%d v%d\nZADD z:%d %d m%d\n",
	$1, $1 % 300 + 1, $1, $1 % 1000, $1, $1 % 1000, $1, $1, $1 % 100, $1, $1 }' |
	redis-cli -s s --pipe | grep -v '^All\|^Last'
seq 1 3 200000 | sed 's/.*/DEL key:&/' | redis-cli -s s --pipe | grep errors
redis-cli -s s dbsize
redis-cli -s s debug digest
redis-benchmark -s s -n "$(quick 100000 2000000)" -r 100000 -d 200 -c 20 -P 8 \
	--csv -t set,get,lpush,hset,zadd >rates
awk -F'","' 'NR > 1 { sum += 1 / $2; n++ } END { print n / sum }' rates |
	{ read -r rate && figure rate "$rate"; }
awk -F'"' '{ print $2 }' rates
redis-cli -s s flushall
spent
stop
