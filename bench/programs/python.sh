# SPDX-License-Identifier: Apache-2.0
# needs: /usr/bin/python3
#
# JSON, dicts, strings, classes and cycles; every object through malloc.
set -eu
[ "$1" = run ] || exit 0
export PYTHONMALLOC=malloc PYTHONHASHSEED=1
exec /usr/bin/python3 -S - "$SCALE" <<'PYTHON'
import json, re, sys


class Node:
    def __init__(self, key, value):
        self.key, self.value, self.peer = key, value, self


for turn in range(int(sys.argv[1])):
    rows = [{"id": i, "name": f"n{i * 7919 % 10007}", "tags": ["a", str(i)],
             "deep": {"x": [i, i / 2, None, True]}} for i in range(20000)]
    rows = json.loads(json.dumps(rows))
    groups = {}
    for row in rows:
        groups.setdefault(row["name"][:3], []).append(row)
    text = " ".join(row["name"] for row in rows)
    words = re.findall(r"n\d+", text)
    nodes = [Node(word, {word: len(word)}) for word in words]
    for left, right in zip(nodes, reversed(nodes)):
        left.peer = right
    table = {str(i): [i] * (i % 9) for i in range(50000)}
    del nodes, rows, table
PYTHON
