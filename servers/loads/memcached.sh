# SPDX-License-Identifier: Apache-2.0
# needs: memcached memcslap memccp memccat
. "$HERE/lib.sh"

user=
[ "$(id -u)" -ne 0 ] || user="-u root"
port=$((20000 + $$ % 20000))
# shellcheck disable=SC2086
serve log "${PROGRAM:-memcached}" $user -l 127.0.0.1 -p $port -m 256 -t 4
for i in $(seq 200); do
	seq "$i" "$((i * 40))" >"value$i"
done
wait_for memcstat --servers=127.0.0.1:$port
memccp --servers=127.0.0.1:$port value*
for i in 1 50 200; do
	memccat --servers=127.0.0.1:$port "value$i" | cksum
done
for test in set get mget; do
	memcslap --servers=127.0.0.1:$port --concurrency=8 --test=$test \
		--execute-number="$(quick 5000 100000)" --initial-load=10000 2>>complaints |
		sed -n 's/^Time total: *\([0-9.]*\) seconds.*/\1/p' >>took
done
echo "memcslap: $(wc -l <took) tests"
awk '{ sum += $1 } END { print sum }' took |
	{ read -r wall && figure wall "$wall"; }
spent
stop
