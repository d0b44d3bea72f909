/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/zero.h"

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
	assert_true(zero_fills(memory, 0));
}

/* All of the size becomes zero, and nothing beside it. */
static void test_clear(void **state)
{
	static char memory[SIZE_MOST + 32] __attribute__((aligned(16)));

	(void)state;
	for (size_t size = 0; size <= SIZE_MOST; size += 16) {
		memset(memory, 'x', sizeof(memory));
		zero_clear(memory + 16, size);
		assert_true(zero_fills(memory + 16, size));
		for (size_t i = 0; i < 16; i++)
			assert_true(memory[i] == 'x' &&
				    memory[size + 16 + i] == 'x');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
