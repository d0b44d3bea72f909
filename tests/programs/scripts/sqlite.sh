# SPDX-License-Identifier: Apache-2.0
# needs: sqlite3
sqlite3 -batch test.db <<'SQL'
.bail on
PRAGMA journal_mode = WAL;
CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, city TEXT, age INT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
INSERT INTO person
SELECT i, printf('person-%d-%s', i, hex(i * 7919 % 65521)),
       'city-' || (i * 31 % 97), i * 17 % 90 FROM n;
CREATE INDEX by_city ON person(city, age);
CREATE INDEX by_name ON person(name);
ANALYZE;
SELECT city, count(*), avg(age), max(length(name)) FROM person
GROUP BY city ORDER BY 2 DESC, 1 LIMIT 20;
SELECT count(*) FROM person a JOIN person b ON a.city = b.city
WHERE a.age = b.age AND a.id < b.id AND a.id < 2000;
CREATE VIRTUAL TABLE text USING fts5(name, city);
INSERT INTO text SELECT name, city FROM person WHERE id % 4 = 0;
SELECT count(*) FROM text WHERE text MATCH 'city AND 13';
UPDATE person SET name = name || '-' || age WHERE age > 45;
DELETE FROM person WHERE id % 3 = 0;
VACUUM;
SELECT json_group_array(json_object('n', name)) FROM
(SELECT name FROM person WHERE city = 'city-5' ORDER BY id LIMIT 50);
SELECT name, row_number() OVER (PARTITION BY age ORDER BY name)
FROM person ORDER BY name LIMIT 30;
SELECT sum(length(x)) FROM (SELECT group_concat(name, ';') x FROM person
GROUP BY city);
PRAGMA integrity_check;
SQL
sqlite3 test.db .dump | cksum
