# SPDX-License-Identifier: Apache-2.0
# needs: /usr/bin/python3
. "$HERE/lib.sh"

/usr/bin/python3 -c 'import test.test_list' 2>/dev/null ||
	skip "no libpython3.11-testsuite"
export TMPDIR=$PWD
tests="test_list test_dict test_set test_json test_re test_pickle test_bytes
	test_unicode test_threading test_queue test_gc test_weakref test_struct
	test_zlib test_deque test_heapq test_itertools test_mmap"
# Not those whose processes write among the lines (multiprocessing), nor those
# that hang in some virtual machines on any heap (asyncio, socket).
[ -n "$QUICK" ] || tests="$tests test_concurrent_futures test_subprocess
	test_sqlite3 test_io test_ast test_decimal test_ctypes test_xml_etree
	test_datetime test_array test_buffer test_capi test_descr test_generators
	test_sort"
# Names and results; times and orders differ between any two runs.
# shellcheck disable=SC2086
PYTHONMALLOC=malloc measure /usr/bin/python3 -I -m test -v $tests \
	>raw 2>&1 || echo "python3 -m test: $?"
grep -a '^test_.* \.\.\. \(ok\|FAIL\|ERROR\)$' raw | LC_ALL=C sort -u
grep -a '^Result:\|^All [0-9]* tests\|^Result: ' raw || :
