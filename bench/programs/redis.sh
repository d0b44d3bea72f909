# SPDX-License-Identifier: Apache-2.0
# needs: bash redis-cli redis-benchmark /usr/bin/redis-check-rdb
#
# A server under load from a client that has glibc's heap. $REDIS_SERVER: a
# server of our own build, else Debian's, which redis-tools has under another
# name. Prints what it measured of the server alone.
set -eu
[ "$1" = run ] || exit 0
socket=$SCRATCH/socket
set -- --port 0 --unixsocket "$socket" --save '' --appendonly no \
	--dir "$SCRATCH"
if [ -n "${REDIS_SERVER:-}" ]; then
	"$REDIS_SERVER" "$@" >"$SCRATCH/log" &
else
	bash -c 'exec -a redis-server /usr/bin/redis-check-rdb "$@"' redis \
		"$@" >"$SCRATCH/log" &
fi
server=$!
trap 'kill "$server" 2>/dev/null || :' EXIT
unset LD_PRELOAD TYPESLAB
tries=0
until [ "$(redis-cli -s "$socket" ping 2>/dev/null)" = PONG ]; do
	tries=$((tries + 1))
	kill -0 "$server" && [ "$tries" -lt 3000 ]
done
begin=$(date +%s.%N)
redis-benchmark -s "$socket" -q -n "$((SCALE * 12000))" -r 20000 -P 16 \
	-c 20 -d 100 -t set,get,lpush,rpop,sadd,hset,zadd,mset >/dev/null
end=$(date +%s.%N)
cpu=$(redis-cli -s "$socket" info cpu | tr -d '\r' |
	awk -F: '/^used_cpu_(sys|user):/ { sum += $2 } END { print sum }')
rss=$(awk '/^VmHWM:/ { print $2 }' "/proc/$server/status")
redis-cli -s "$socket" shutdown nosave
wait "$server"
trap - EXIT
echo "wall $(echo "$begin $end" | awk '{ print $2 - $1 }')"
echo "cpu $cpu"
echo "rss $rss"
