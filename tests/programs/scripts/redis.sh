# SPDX-License-Identifier: Apache-2.0
# needs: bash redis-cli redis-benchmark /usr/bin/redis-check-rdb
#
# Debian's redis-check-rdb is the server under another name; so redis-tools is
# enough, and no service is installed.
set -eu
socket=$PWD/socket
bash -c 'exec -a redis-server /usr/bin/redis-check-rdb "$@"' redis \
	--port 0 --unixsocket "$socket" --save '' --dir "$PWD" \
	--io-threads 2 --hash-max-listpack-entries 16 >server.log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || :' EXIT
cli() {
	redis-cli -s "$socket" "$@"
}
tries=0
until [ "$(cli ping 2>/dev/null)" = PONG ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 3000 ] || { cat server.log; exit 1; }
	kill -0 "$server" || { cat server.log; exit 1; }
done

awk 'BEGIN {
	for (i = 0; i < 4000; i++) {
		print "SET key:" i " value-" i * 7919 % 10007
		print "LPUSH list:" i % 50 " item-" i
		print "HSET hash:" i % 40 " field" i " " i * i
		print "ZADD set:" i % 30 " " i * 31 % 1000 " member" i
		print "SADD words:" i % 20 " word" i % 1000
		print "APPEND text:" i % 10 " " sprintf("%0" 1 + i % 200 "d", i)
	}
}' | cli | sort | cksum
cli dbsize
cli get key:77
cli lrange list:7 0 10
cli hgetall hash:3 | sort | cksum
cli zrange set:11 0 -1 withscores | cksum
cli object encoding hash:3
cli sort list:9 alpha limit 0 5
cli strlen text:4
cli eval 'local n = 0
for i = 0, 999 do n = n + #redis.call("get", "key:" .. i) end
return n' 0
cli --no-raw xadd stream 1-1 field value
redis-benchmark -s "$socket" -q -n 8000 -P 8 -c 20 \
	-t set,get,lpush,rpop,zadd,hset,mset,lrange_100 | tr '\r' '\n' |
	sed -n 's/: .*requests per second.*/ done/p'
cli bgsave
until cli info persistence | grep -q rdb_bgsave_in_progress:0; do :; done
cli info persistence | grep rdb_last_bgsave_status
/usr/bin/redis-check-rdb dump.rdb | grep -E 'looks|keys read'
cli no-such-command
cli flushall async
cli dbsize
cli shutdown nosave
wait "$server" && echo "server left with 0"
