# SPDX-License-Identifier: Apache-2.0
# needs: sqlite3
#
# An index, joins, full text and JSON, all in memory.
set -eu
[ "$1" = run ] || exit 0
exec sqlite3 -batch :memory: >/dev/null <<SQL
CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, city TEXT, age INT);
WITH RECURSIVE n(i) AS
	(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000 * $SCALE)
INSERT INTO person
SELECT i, printf('person-%d-%s', i, hex(i * 7919 % 65521)),
	'city-' || (i * 31 % 97), i * 17 % 90 FROM n;
CREATE INDEX by_city ON person(city, age);
CREATE INDEX by_name ON person(name);
SELECT city, count(*), avg(age), max(length(name)) FROM person
	GROUP BY city ORDER BY 2 DESC, 1;
CREATE VIRTUAL TABLE text USING fts5(name, city);
INSERT INTO text SELECT name, city FROM person WHERE id % 4 = 0;
SELECT count(*) FROM text WHERE text MATCH 'city AND 13';
SELECT json_group_array(json_object('n', name, 'c', city)) FROM person
	GROUP BY city;
SELECT name, upper(city) || age FROM person ORDER BY name DESC;
UPDATE person SET name = name || '-' || age WHERE age > 45;
DELETE FROM person WHERE id % 3 = 0;
SQL
