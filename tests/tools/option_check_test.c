/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/option_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_values(void **state)
{
	static const struct {
		const char *name;
		const char *value;
		bool is_allowed;
	} cases[] = {
		{ "mode", "typed", true },
		{ "mode", "none", true },
		{ "mode", "type", false },
		{ "mode", "typed|random", false },
		{ "mode", "", false },
		{ "profile", "compat", true },
		{ "profile", "typed", false },
		{ "data", "1", true },
		{ "data", "0", false },
		{ "data", "8x", false },
		{ "data", "", false },
		{ "unknown", "99999999999999999999", false },
		{ "unknown", "1048576", false },
		{ "no_such_option", "1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *refusal =
			option_refusal(cases[i].name, cases[i].value);

		if (!refusal != cases[i].is_allowed)
			fail_msg("%s=%s: %s", cases[i].name, cases[i].value,
				 refusal ? refusal : "allowed");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests_name("option_check", tests, NULL, NULL);
}
