# SPDX-License-Identifier: Apache-2.0
"""Real work for python3: prints what it did, keeps it alive, waits for EOF.

Each part checks its own result; a wrong one ends the program.
"""
import collections
import json
import random
import re
import sqlite3
import sys
import threading
import zlib

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa".split()


def make_records(count, dice):
    return [{"id": number, "name": dice.choice(WORDS) + str(number),
             "tags": dice.sample(WORDS, 3), "score": dice.random()}
            for number in range(count)]


def json_round_trip(records):
    text = json.dumps(records)
    again = json.loads(text)
    assert again == records
    return again, len(text)


def count_words(records):
    counter = collections.Counter()
    for record in records:
        counter.update(re.findall(r"[a-z]+", record["name"]))
        counter.update(record["tags"])
    assert sum(counter.values()) == 4 * len(records)
    return counter


def fill_database(records):
    base = sqlite3.connect(":memory:")
    base.execute("create table t (id integer primary key, name text)")
    base.executemany("insert into t values (:id, :name)", records)
    base.execute("create index names on t (name)")
    found, = base.execute("select count(*) from t where name like 'a%'")
    assert found[0] == sum(r["name"][0] == "a" for r in records)
    return base


def compress(records, rounds):
    """What each thread does: bytes in, bytes out, equal again."""
    for number in range(rounds):
        text = json.dumps(records[number::rounds]).encode()
        assert zlib.decompress(zlib.compress(text, 1)) == text


def main():
    dice = random.Random(2)
    records = make_records(20000, dice)
    again, size = json_round_trip(records)
    print(f"json: {len(again)} records, {size} bytes, out and in")
    words = count_words(again)
    print(f"re and dicts: {sum(words.values())} words, {len(words)} different")
    base = fill_database(again)
    print(f"sqlite3: {base.total_changes} rows and an index")
    threads = [threading.Thread(target=compress, args=(again, 8))
               for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"zlib: {len(threads)} threads, 8 rounds each")
    print("done", flush=True)
    sys.stdin.read()


main()
