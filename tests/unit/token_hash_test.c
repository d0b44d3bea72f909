/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "policy/token_hash.h"

/* What clang 22 passed for these types; tests/types/names_test.py asks it. */
static const struct {
	const char *name;
	bool has_pointer;
	int64_t token;
} types[] = {
	{ "list", true, -6591908554530496609 },
	{ "plain", false, 7243129338094550113 },
	{ "both", false, 4612820494159759364 },
	{ "char *", true, -6972879369454258662 },
	{ "colour", false, 3938243403429480511 },
	{ "unsigned long", false, 8130767713587971326 },
	{ "char", false, 1538840549748785101 },
	{ "double", false, 4125559426254478785 },
};

static void test_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_size(types); i++) {
		uint64_t got = token_hash(types[i].name, strlen(types[i].name),
					  types[i].has_pointer);

		assert_true(got == (uint64_t)types[i].token);
		assert_int_equal(token_is_pointer(got), types[i].has_pointer);
	}
}

static void test_halves(void **state)
{
	char name[40];

	(void)state;
	memset(name, 'x', sizeof(name));
	for (size_t length = 0; length <= sizeof(name); length++) {
		uint64_t data = token_hash(name, length, false);
		uint64_t pointer = token_hash(name, length, true);

		assert_false(token_is_pointer(data));
		assert_true(token_is_pointer(pointer));
		assert_true(pointer - data == UINT64_MAX / 2);
		/* Each length has a hash of its own. */
		for (size_t other = 0; other < length; other++)
			assert_true(token_hash(name, other, false) != data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_halves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
