# SPDX-License-Identifier: Apache-2.0
# needs: bash /usr/bin/python3 perl sqlite3 awk
#
# Real programs that run out of memory: they say so in their own words, and
# live on. What they say must not depend on whose heap it was.
limited() {
	bash -c 'ulimit "$1" "$2" && shift 2 && exec "$@"' limited "$@"
	echo "left with $?"
}

for kind in -v -d; do
	limited "$kind" 204800 /usr/bin/python3 -c '
import threading
held = []
try:
    while True:
        held.append(bytearray(1 << 20))
except MemoryError:
    print("MemoryError,", "fair" if len(held) > 50 else len(held))
try:
    "x" * (1 << 40)
except MemoryError:
    print("MemoryError again")
held.clear()
thread = threading.Thread(target=lambda: print("thread", len("y" * 999999)))
thread.start()
thread.join()
print(sum(len(str(i)) for i in range(100000)))
'
	limited "$kind" 204800 perl -e '
my @list = map { "z" x 1000 } 1 .. 20000; print scalar @list, "\n";'
	limited "$kind" 204800 sqlite3 :memory: \
		'CREATE TABLE t(x); INSERT INTO t VALUES (zeroblob(400000000));' \
		'SELECT 7;'
	limited "$kind" 204800 awk 'BEGIN {
		for (i = 0; i < 200000; i++) a[i] = i; print length(a) }'
	limited "$kind" 65536 sqlite3 :memory: 'SELECT sqrt(2);'
done
