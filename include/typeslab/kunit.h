/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kunit.h: KUnit's front on cmocka, so that a kernel's test file is a program.
 *
 * What is there: suites with init and exit, cases, cases with parameters,
 * expectations and assertions with and without message, skips, actions and
 * memory that end with the case, kunit_info() and its kin. One suite macro a
 * program: it defines main(), which takes a pattern of the cases to run, or
 * "!" and a pattern of those to leave out. Output is cmocka's, TAP with
 * CMOCKA_MESSAGE_OUTPUT=TAP.
 *
 * As in the kernel an assertion ends its case; so does a skip. An expectation
 * that fails lets the case go on. A case that failed before it was skipped has
 * failed: in the kernel the skip would have the last word.
 */
#ifndef TYPESLAB_KUNIT_H
#define TYPESLAB_KUNIT_H

#include "typeslab/slab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KUNIT_PARAM_DESC_SIZE 128

typedef void kunit_action_t(void *context);

struct kunit_action {
	kunit_action_t *run;
	void *context;
	struct kunit_action *next;
};

struct kunit_case;
struct kunit_suite;

struct kunit {
	void *priv;
	const char *name;
	const void *param_value;
	int param_index;

	/* The front's own. */
	const struct kunit_suite *suite;
	const struct kunit_case *test_case;
	struct kunit_action *actions;
	bool has_failed;
	char param_name[KUNIT_PARAM_DESC_SIZE];
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	/* The parameter after @prev and its name, NULL after the last. */
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	char name[256];
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(test)                        \
	{                                       \
		.run_case = test, .name = #test \
	}
#define KUNIT_CASE_SLOW(test) KUNIT_CASE(test)
#define KUNIT_CASE_PARAM(test, generate)                                     \
	{                                                                    \
		.run_case = test, .name = #test, .generate_params = generate \
	}

/* A function name_gen_params() over @array; @get_desc may be NULL. */
#define KUNIT_ARRAY_PARAM(name, array, get_desc)                            \
	static const void *name##_gen_params(const void *prev, char *desc)  \
	{                                                                   \
		__typeof__(&(array)[0]) next =                              \
			prev ? (__typeof__(&(array)[0]))prev + 1 : (array); \
		void (*describe)(__typeof__(next), char *) = get_desc;      \
                                                                            \
		if (next >= (array) + sizeof(array) / sizeof((array)[0]))   \
			return NULL;                                        \
		if (describe)                                               \
			describe(next, desc);                               \
		return next;                                                \
	}

static struct kunit *kunit_current;

static inline struct kunit *kunit_get_current_test(void)
{
	return kunit_current;
}

#define kunit_log(level, test, format, ...) \
	printf("# %s: " format "\n", (test)->name, ##__VA_ARGS__)
#define kunit_info(test, format, ...) kunit_log(, test, format, ##__VA_ARGS__)
#define kunit_warn(test, format, ...) kunit_log(, test, format, ##__VA_ARGS__)
#define kunit_err(test, format, ...)  kunit_log(, test, format, ##__VA_ARGS__)

#define kunit_skip(test, format, ...)                    \
	do {                                             \
		kunit_info(test, format, ##__VA_ARGS__); \
		kunit_run_actions(test);                 \
		if ((test)->has_failed)                  \
			fail();                          \
		skip();                                  \
	} while (0)
#define kunit_mark_skipped(test, format, ...) \
	kunit_info(test, format, ##__VA_ARGS__)

static inline void kunit_run_actions(struct kunit *test)
{
	while (test->actions) {
		struct kunit_action *action = test->actions;

		test->actions = action->next;
		action->run(action->context);
		free(action);
	}
}

/* Runs @run when the case ends; 0, or less where there is no memory. */
static inline int kunit_add_action(struct kunit *test, kunit_action_t *run,
				   void *context)
{
	struct kunit_action *action = malloc(sizeof(*action));

	if (!action)
		return -1;
	action->run = run;
	action->context = context;
	action->next = test->actions;
	test->actions = action;
	return 0;
}

static inline int kunit_add_action_or_reset(struct kunit *test,
					    kunit_action_t *run, void *context)
{
	int failed = kunit_add_action(test, run, context);

	if (failed)
		run(context);
	return failed;
}

static inline void kunit_free_object(void *object)
{
	kfree(object);
}

/* Memory that is freed when the case ends. */
static inline void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	void *object = kmalloc(size, gfp);

	if (object &&
	    kunit_add_action_or_reset(test, kunit_free_object, object))
		return NULL;
	return object;
}

static inline void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kmalloc(test, size, gfp | __GFP_ZERO);
}

static inline void *kunit_kcalloc(struct kunit *test, size_t nr, size_t size,
				  gfp_t gfp)
{
	return kunit_kzalloc(test, typeslab_size_mul(nr, size), gfp);
}

/* A failure at a place, told; the values are shown where there are two. */
static inline __attribute__((__format__(__printf__, 5, 6))) void
kunit_fail_at(struct kunit *test, const char *file, int line, const char *what,
	      const char *format, ...)
{
	va_list arguments;

	test->has_failed = true;
	print_error("%s:%d: %s: %s", file, line, test->name, what);
	va_start(arguments, format);
	vprint_error(format, arguments);
	va_end(arguments);
	print_error("\n");
}

/* The case goes no further. */
static inline void kunit_abort_case(struct kunit *test)
{
	kunit_run_actions(test);
	fail();
}

#define KUNIT_IS_FATAL_EXPECT 0
#define KUNIT_IS_FATAL_ASSERT 1

#define KUNIT_CHECK(test, kind, holds, what, ...)                     \
	do {                                                          \
		if (!(holds)) {                                       \
			kunit_fail_at(test, __FILE__, __LINE__, what, \
				      " " __VA_ARGS__);               \
			if (KUNIT_IS_FATAL_##kind)                    \
				kunit_abort_case(test);               \
		}                                                     \
	} while (0)

#define KUNIT_COMPARE(test, kind, left, op, right, ...)                        \
	do {                                                                   \
		const __auto_type kunit_left = (left);                         \
		const __auto_type kunit_right = (right);                       \
		char kunit_text[256];                                          \
                                                                               \
		snprintf(kunit_text, sizeof(kunit_text),                       \
			 "not so: %.80s (%lld) " #op " %.80s (%lld)", #left,   \
			 (long long)kunit_left, #right,                        \
			 (long long)kunit_right);                              \
		KUNIT_CHECK(test, kind, kunit_left op kunit_right, kunit_text, \
			    __VA_ARGS__);                                      \
	} while (0)

#define KUNIT_COMPARE_PTR(test, kind, left, op, right, ...)                  \
	KUNIT_COMPARE(test, kind, (uintptr_t)(left), op, (uintptr_t)(right), \
		      __VA_ARGS__)
#define KUNIT_COMPARE_STR(test, kind, left, op, right, ...) \
	KUNIT_CHECK(test, kind, strcmp(left, right) op 0,   \
		    "not so: " #left " " #op " " #right, __VA_ARGS__)
#define KUNIT_COMPARE_MEM(test, kind, left, op, right, size, ...) \
	KUNIT_CHECK(test, kind, memcmp(left, right, size) op 0,   \
		    "not so: bytes of " #left " " #op " " #right, __VA_ARGS__)
#define KUNIT_IS_ERR_OR_NULL(p) (!(p) || (uintptr_t)(p) >= (uintptr_t)-4095)

#define KUNIT_FAIL(test, ...) \
	KUNIT_CHECK(test, EXPECT, false, "failed:", __VA_ARGS__)
#define KUNIT_FAIL_AND_ABORT(test, ...) \
	KUNIT_CHECK(test, ASSERT, false, "failed:", __VA_ARGS__)
#define KUNIT_SUCCEED(test) ((void)(test))

#define KUNIT_EXPECT_TRUE(test, cond)	KUNIT_EXPECT_TRUE_MSG(test, cond, "")
#define KUNIT_EXPECT_FALSE(test, cond)	KUNIT_EXPECT_FALSE_MSG(test, cond, "")
#define KUNIT_EXPECT_EQ(test, a, b)	KUNIT_EXPECT_EQ_MSG(test, a, b, "")
#define KUNIT_EXPECT_NE(test, a, b)	KUNIT_EXPECT_NE_MSG(test, a, b, "")
#define KUNIT_EXPECT_LT(test, a, b)	KUNIT_EXPECT_LT_MSG(test, a, b, "")
#define KUNIT_EXPECT_LE(test, a, b)	KUNIT_EXPECT_LE_MSG(test, a, b, "")
#define KUNIT_EXPECT_GT(test, a, b)	KUNIT_EXPECT_GT_MSG(test, a, b, "")
#define KUNIT_EXPECT_GE(test, a, b)	KUNIT_EXPECT_GE_MSG(test, a, b, "")
#define KUNIT_EXPECT_PTR_EQ(test, a, b) KUNIT_EXPECT_PTR_EQ_MSG(test, a, b, "")
#define KUNIT_EXPECT_PTR_NE(test, a, b) KUNIT_EXPECT_PTR_NE_MSG(test, a, b, "")
#define KUNIT_EXPECT_STREQ(test, a, b)	KUNIT_EXPECT_STREQ_MSG(test, a, b, "")
#define KUNIT_EXPECT_STRNEQ(test, a, b) KUNIT_EXPECT_STRNEQ_MSG(test, a, b, "")
#define KUNIT_EXPECT_MEMEQ(test, a, b, n) \
	KUNIT_EXPECT_MEMEQ_MSG(test, a, b, n, "")
#define KUNIT_EXPECT_MEMNEQ(test, a, b, n) \
	KUNIT_EXPECT_MEMNEQ_MSG(test, a, b, n, "")
#define KUNIT_EXPECT_NULL(test, p)     KUNIT_EXPECT_NULL_MSG(test, p, "")
#define KUNIT_EXPECT_NOT_NULL(test, p) KUNIT_EXPECT_NOT_NULL_MSG(test, p, "")
#define KUNIT_EXPECT_NOT_ERR_OR_NULL(test, p) \
	KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, p, "")

#define KUNIT_EXPECT_TRUE_MSG(test, cond, ...) \
	KUNIT_CHECK(test, EXPECT, cond, "not true: " #cond, __VA_ARGS__)
#define KUNIT_EXPECT_FALSE_MSG(test, cond, ...) \
	KUNIT_CHECK(test, EXPECT, !(cond), "not false: " #cond, __VA_ARGS__)
#define KUNIT_EXPECT_EQ_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, EXPECT, a, ==, b, __VA_ARGS__)
#define KUNIT_EXPECT_NE_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, EXPECT, a, !=, b, __VA_ARGS__)
#define KUNIT_EXPECT_LT_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, EXPECT, a, <, b, __VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, EXPECT, a, <=, b, __VA_ARGS__)
#define KUNIT_EXPECT_GT_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, EXPECT, a, >, b, __VA_ARGS__)
#define KUNIT_EXPECT_GE_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, EXPECT, a, >=, b, __VA_ARGS__)
#define KUNIT_EXPECT_PTR_EQ_MSG(test, a, b, ...) \
	KUNIT_COMPARE_PTR(test, EXPECT, a, ==, b, __VA_ARGS__)
#define KUNIT_EXPECT_PTR_NE_MSG(test, a, b, ...) \
	KUNIT_COMPARE_PTR(test, EXPECT, a, !=, b, __VA_ARGS__)
#define KUNIT_EXPECT_STREQ_MSG(test, a, b, ...) \
	KUNIT_COMPARE_STR(test, EXPECT, a, ==, b, __VA_ARGS__)
#define KUNIT_EXPECT_STRNEQ_MSG(test, a, b, ...) \
	KUNIT_COMPARE_STR(test, EXPECT, a, !=, b, __VA_ARGS__)
#define KUNIT_EXPECT_MEMEQ_MSG(test, a, b, n, ...) \
	KUNIT_COMPARE_MEM(test, EXPECT, a, ==, b, n, __VA_ARGS__)
#define KUNIT_EXPECT_MEMNEQ_MSG(test, a, b, n, ...) \
	KUNIT_COMPARE_MEM(test, EXPECT, a, !=, b, n, __VA_ARGS__)
#define KUNIT_EXPECT_NULL_MSG(test, p, ...) \
	KUNIT_CHECK(test, EXPECT, !(p), "not NULL: " #p, __VA_ARGS__)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, p, ...) \
	KUNIT_CHECK(test, EXPECT, p, "NULL: " #p, __VA_ARGS__)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, p, ...)      \
	KUNIT_CHECK(test, EXPECT, !KUNIT_IS_ERR_OR_NULL(p), \
		    "error or NULL: " #p, __VA_ARGS__)

#define KUNIT_ASSERT_TRUE(test, cond)	KUNIT_ASSERT_TRUE_MSG(test, cond, "")
#define KUNIT_ASSERT_FALSE(test, cond)	KUNIT_ASSERT_FALSE_MSG(test, cond, "")
#define KUNIT_ASSERT_EQ(test, a, b)	KUNIT_ASSERT_EQ_MSG(test, a, b, "")
#define KUNIT_ASSERT_NE(test, a, b)	KUNIT_ASSERT_NE_MSG(test, a, b, "")
#define KUNIT_ASSERT_LT(test, a, b)	KUNIT_ASSERT_LT_MSG(test, a, b, "")
#define KUNIT_ASSERT_LE(test, a, b)	KUNIT_ASSERT_LE_MSG(test, a, b, "")
#define KUNIT_ASSERT_GT(test, a, b)	KUNIT_ASSERT_GT_MSG(test, a, b, "")
#define KUNIT_ASSERT_GE(test, a, b)	KUNIT_ASSERT_GE_MSG(test, a, b, "")
#define KUNIT_ASSERT_PTR_EQ(test, a, b) KUNIT_ASSERT_PTR_EQ_MSG(test, a, b, "")
#define KUNIT_ASSERT_PTR_NE(test, a, b) KUNIT_ASSERT_PTR_NE_MSG(test, a, b, "")
#define KUNIT_ASSERT_STREQ(test, a, b)	KUNIT_ASSERT_STREQ_MSG(test, a, b, "")
#define KUNIT_ASSERT_STRNEQ(test, a, b) KUNIT_ASSERT_STRNEQ_MSG(test, a, b, "")
#define KUNIT_ASSERT_MEMEQ(test, a, b, n) \
	KUNIT_ASSERT_MEMEQ_MSG(test, a, b, n, "")
#define KUNIT_ASSERT_MEMNEQ(test, a, b, n) \
	KUNIT_ASSERT_MEMNEQ_MSG(test, a, b, n, "")
#define KUNIT_ASSERT_NULL(test, p)     KUNIT_ASSERT_NULL_MSG(test, p, "")
#define KUNIT_ASSERT_NOT_NULL(test, p) KUNIT_ASSERT_NOT_NULL_MSG(test, p, "")
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p) \
	KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, p, "")

#define KUNIT_ASSERT_TRUE_MSG(test, cond, ...) \
	KUNIT_CHECK(test, ASSERT, cond, "not true: " #cond, __VA_ARGS__)
#define KUNIT_ASSERT_FALSE_MSG(test, cond, ...) \
	KUNIT_CHECK(test, ASSERT, !(cond), "not false: " #cond, __VA_ARGS__)
#define KUNIT_ASSERT_EQ_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, ASSERT, a, ==, b, __VA_ARGS__)
#define KUNIT_ASSERT_NE_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, ASSERT, a, !=, b, __VA_ARGS__)
#define KUNIT_ASSERT_LT_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, ASSERT, a, <, b, __VA_ARGS__)
#define KUNIT_ASSERT_LE_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, ASSERT, a, <=, b, __VA_ARGS__)
#define KUNIT_ASSERT_GT_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, ASSERT, a, >, b, __VA_ARGS__)
#define KUNIT_ASSERT_GE_MSG(test, a, b, ...) \
	KUNIT_COMPARE(test, ASSERT, a, >=, b, __VA_ARGS__)
#define KUNIT_ASSERT_PTR_EQ_MSG(test, a, b, ...) \
	KUNIT_COMPARE_PTR(test, ASSERT, a, ==, b, __VA_ARGS__)
#define KUNIT_ASSERT_PTR_NE_MSG(test, a, b, ...) \
	KUNIT_COMPARE_PTR(test, ASSERT, a, !=, b, __VA_ARGS__)
#define KUNIT_ASSERT_STREQ_MSG(test, a, b, ...) \
	KUNIT_COMPARE_STR(test, ASSERT, a, ==, b, __VA_ARGS__)
#define KUNIT_ASSERT_STRNEQ_MSG(test, a, b, ...) \
	KUNIT_COMPARE_STR(test, ASSERT, a, !=, b, __VA_ARGS__)
#define KUNIT_ASSERT_MEMEQ_MSG(test, a, b, n, ...) \
	KUNIT_COMPARE_MEM(test, ASSERT, a, ==, b, n, __VA_ARGS__)
#define KUNIT_ASSERT_MEMNEQ_MSG(test, a, b, n, ...) \
	KUNIT_COMPARE_MEM(test, ASSERT, a, !=, b, n, __VA_ARGS__)
#define KUNIT_ASSERT_NULL_MSG(test, p, ...) \
	KUNIT_CHECK(test, ASSERT, !(p), "not NULL: " #p, __VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL_MSG(test, p, ...) \
	KUNIT_CHECK(test, ASSERT, p, "NULL: " #p, __VA_ARGS__)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, p, ...)      \
	KUNIT_CHECK(test, ASSERT, !KUNIT_IS_ERR_OR_NULL(p), \
		    "error or NULL: " #p, __VA_ARGS__)

/* Runs one case with one parameter; the state is the struct kunit. */
static inline void kunit_run_case(void **state)
{
	struct kunit *test = *state;
	int refused = 0;

	kunit_current = test;
	if (test->suite->init)
		refused = test->suite->init(test);
	if (refused)
		kunit_fail_at(test, __FILE__, __LINE__, "init", "failed");
	else
		test->test_case->run_case(test);
	if (test->suite->exit)
		test->suite->exit(test);
	kunit_run_actions(test);
	kunit_current = NULL;
	if (test->has_failed)
		fail();
}

/* All cases and parameters of a suite as cmocka's tests; how many. */
static inline size_t kunit_list(const struct kunit_suite *suite,
				struct CMUnitTest *tests, size_t most)
{
	size_t nr = 0;

	for (struct kunit_case *c = suite->test_cases; c->run_case; c++) {
		const void *param = NULL;
		int index = 0;

		do {
			struct kunit *test = calloc(1, sizeof(*test));

			if (!test || nr == most)
				abort();
			if (c->generate_params)
				param = c->generate_params(param,
							   test->param_name);
			if (c->generate_params && !param)
				break;
			test->suite = suite;
			test->test_case = c;
			test->param_value = param;
			test->param_index = index++;
			test->name = c->name;
			if (param && test->param_name[0])
				test->name = test->param_name;
			tests[nr++] = (struct CMUnitTest){
				.name = test->name,
				.test_func = kunit_run_case,
				.initial_state = test,
			};
		} while (param);
	}
	return nr;
}

#define KUNIT_CASES_MAX 4096

static inline int kunit_run_suite(struct kunit_suite *suite)
{
	static struct CMUnitTest tests[KUNIT_CASES_MAX];
	size_t nr = kunit_list(suite, tests, KUNIT_CASES_MAX);
	int failed = 1;

	if (suite->suite_init && suite->suite_init(suite))
		return failed;
	failed = _cmocka_run_group_tests(suite->name, tests, nr, NULL, NULL);
	if (suite->suite_exit)
		suite->suite_exit(suite);
	return failed;
}

static inline void kunit_set_filter(const char *pattern)
{
	if (pattern && pattern[0] == '!')
		cmocka_set_skip_filter(pattern + 1);
	else if (pattern)
		cmocka_set_test_filter(pattern);
}

#define kunit_test_suites(...)                                             \
	int main(int argc, char **argv)                                    \
	{                                                                  \
		struct kunit_suite *suites[] = { __VA_ARGS__ };            \
		int failed = 0;                                            \
                                                                           \
		kunit_set_filter(argc > 1 ? argv[1] : NULL);               \
		for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); \
		     i++)                                                  \
			failed |= kunit_run_suite(suites[i]);              \
		return failed != 0;                                        \
	}                                                                  \
	_Static_assert(1, "a semicolon follows")
#define kunit_test_suite(suite) kunit_test_suites(&(suite))

#endif /* TYPESLAB_KUNIT_H */
