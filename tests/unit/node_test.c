/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "os/node.h"
#include "os/os.h"

#include <dirent.h>
#include <errno.h>

/* The highest node that the system shows, plus 1. */
static int shown_nodes(void)
{
	DIR *folder = opendir("/sys/devices/system/node");
	int count = 1;
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		int node;

		if (sscanf(entry->d_name, "node%d", &node) == 1 &&
		    node >= count)
			count = node + 1;
	}
	if (folder)
		closedir(folder);
	return count;
}

static void test_count(void **state)
{
	(void)state;
	errno = 77;
	assert_true(node_count() >= 1);
	assert_true(node_count() <= shown_nodes());
	assert_int_equal(errno, 77);
}

/* Whether it is granted or not, the memory serves and errno stays. */
static void test_prefer(void **state)
{
	size_t size = 4 * os_page_size();
	char *memory = os_reserve(size);

	(void)state;
	assert_true(os_commit(memory, size));
	errno = 78;
	node_prefer(memory, size, 0);
	node_prefer(memory, size, NODES_MAX);
	assert_int_equal(errno, 78);
	memset(memory, 1, size);
	os_release(memory, size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_prefer),
	};

	os_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
