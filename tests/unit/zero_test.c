/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/zero.h"
#include "os/os.h"

#define SIZE_MOST 512

/* Every bit of every size, and the bytes beside do not count. */
static void test_every_byte(void **state)
{
	static char memory[SIZE_MOST + 32] __attribute__((aligned(16)));

	(void)state;
	for (size_t size = 16; size <= SIZE_MOST; size += 16) {
		char *p = memory + 16;

		memory[15] = p[size] = 1;
		assert_true(zero_fills(p, size));
		for (size_t bit = 0; bit < size * 8; bit++) {
			p[bit / 8] = (char)(1 << bit % 8);
			assert_false(zero_fills(p, size));
			p[bit / 8] = 0;
		}
		p[size] = 0;
	}
}

/* All of the size becomes zero, and nothing beside it. */
static void test_clear(void **state)
{
	static char memory[SIZE_MOST + 32] __attribute__((aligned(16)));

	(void)state;
	for (size_t size = 16; size <= SIZE_MOST; size += 16) {
		memset(memory, 'x', sizeof(memory));
		zero_clear(memory + 16, size);
		assert_true(zero_fills(memory + 16, size));
		for (size_t i = 0; i < 16; i++)
			assert_true(memory[i] == 'x' &&
				    memory[size + 16 + i] == 'x');
	}
}

/* Changes no byte, and gives each page memory, those at the edges too. */
static void test_touch(void **state)
{
	unsigned char has_memory[6];
	char *p;

	(void)state;
	os_init();
	p = os_reserve(6 * ZERO_PAGE);
	assert_true(os_commit_reserved(p, 6 * ZERO_PAGE));
	p[ZERO_PAGE + 1] = 'x';
	zero_touch(p + 2 * ZERO_PAGE - 1, 2 * ZERO_PAGE + 2);
	assert_true(os_look_for_memory(p, 6 * ZERO_PAGE, has_memory));
	for (int i = 0; i < 6; i++)
		assert_int_equal(has_memory[i] & 1, i >= 1 && i <= 4);
	assert_int_equal(p[ZERO_PAGE + 1], 'x');
	p[ZERO_PAGE + 1] = 0;
	assert_true(zero_fills(p, 6 * ZERO_PAGE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_touch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
