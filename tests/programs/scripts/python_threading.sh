# SPDX-License-Identifier: Apache-2.0
# needs: /usr/bin/python3 /usr/lib/python3.11/test/test_threading.py
# beside
#
# python3's own tests of threads: fork in threads, daemons at exit, locks.
export PYTHONHASHSEED=1
/usr/bin/python3 -c 'print("python3 runs")'
exec /usr/bin/python3 -m unittest -v test.test_threading
