# SPDX-License-Identifier: Apache-2.0
# needs: /usr/bin/python3 /usr/lib/python3.11/test/test_list.py
#
# python3's own tests of lists, dicts and json; every object through malloc.
export PYTHONMALLOC=malloc PYTHONHASHSEED=1
/usr/bin/python3 -c 'print("python3 runs")'
exec /usr/bin/python3 -m unittest -v test.test_list test.test_dict \
	test.test_json
