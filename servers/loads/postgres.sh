# SPDX-License-Identifier: Apache-2.0
# needs: python3
. "$HERE/lib.sh"

bin=$(find /usr/lib/postgresql -name pgbench -printf '%h\n' | tail -n 1)
[ -x "$bin/postgres" ] || skip "no postgresql and postgresql-contrib"
# A server refuses to run as root.
as=
if [ "$(id -u)" -eq 0 ]; then
	id postgres >/dev/null 2>&1 || skip "no user postgres"
	as="setpriv --reuid=postgres --regid=postgres --clear-groups"
	chown postgres .
	chmod a+rx . ..
fi
export PGHOST=$PWD PGUSER=postgres PGDATABASE=postgres
# shellcheck disable=SC2086
on_heap $as "$bin/initdb" -D "$PWD/db" -U postgres -A trust --no-sync >initlog
# shellcheck disable=SC2086
serve log $as "$bin/postgres" -D "$PWD/db" -k "$PWD" -h '' -F \
	-c shared_buffers=64MB -c log_min_messages=fatal
wait_for "$bin/psql" -c 'select 1'
"$bin/pgbench" -i -s 4 -q 2>&1 | grep -c "done"
"$bin/pgbench" -n -c 8 -j 2 -t "$(quick 500 20000)" --random-seed=1 >bench
sed -n 's/^tps = \([0-9.]*\).*/\1/p' bench | { read -r rate && figure rate "$rate"; }
grep 'actually processed\|failed' bench
"$bin/psql" -At <<EOF
select count(*), (select sum(abalance) from pgbench_accounts) = sum(delta),
 (select sum(bbalance) from pgbench_branches) = sum(delta) from pgbench_history;
select md5(string_agg(x, ',' order by n)) from (select n, repeat(md5(n::text), n % 50) x
 from generate_series(1, 20000) n) t;
select count(*), sum(a.aid % b.aid) from pgbench_accounts a join pgbench_accounts b
 on a.aid = b.aid * 3 where b.aid < 50000;
create table j as select n, jsonb_build_object('k', n, 'a', array[n, n * 2]) d
 from generate_series(1, 30000) n;
create index on j using gin (d);
select count(*), md5(string_agg(d::text, '' order by n)) from j where d @> '{"a": [300]}';
EOF
spent
stop INT
