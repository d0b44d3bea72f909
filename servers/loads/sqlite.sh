# SPDX-License-Identifier: Apache-2.0
# needs: sqlite3
. "$HERE/lib.sh"

n=$(quick 100000 1000000)
cat >load.sql <<EOF
pragma journal_mode=off; pragma synchronous=off;
create table t(a integer primary key, b int, c text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < $n)
 insert into t select i, (i * 7919) % $n, printf('%08x-%s', i * 2654435761 % 4294967296, hex(i)) from n;
create index tb on t(b); create index tc on t(c);
select count(*), sum(b), max(c), min(c) from t;
select sum(x.a % 97) from t x join t y on x.b = y.a where y.c like '%7%';
update t set c = c || '-' || b where a % 3 = 0;
delete from t where a % 7 = 0;
select count(*), sum(length(c)), group_concat(substr(c, 1, 2), '') is not null from t;
select b % 10 k, count(*), total(a) from t group by k order by k;
create virtual table f using fts5(c); insert into f select c from t limit $n / 4;
select count(*) from f where f match 'a*';
select sum(json_extract(json_object('a', a, 'c', c), '$.a')) from t;
select * from (select c from t order by c desc limit 5);
pragma integrity_check;
EOF
measure "${PROGRAM:-sqlite3}" data.db <load.sql
cksum <data.db
