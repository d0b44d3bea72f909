/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_mangled: operators new and delete under their mangled names, called
 * from a C program into which no C++ runtime ever came. What can be met is
 * met; where new would have to throw, there is nobody to catch: abort.
 */
#include "api.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

struct sized {
	void *p;
	size_t n;
};

typedef unsigned char hot_cold;

static const char nothrow; /* stands for the object std::nothrow */

/* name, parameters, arguments (of size), does it throw */
#define NEW_FORMS(X)                                                           \
	X(_Znwm, (size_t), (size), true)                                       \
	X(_Znam, (size_t), (size), true)                                       \
	X(_ZnwmRKSt9nothrow_t, (size_t, const void *), (size, &nothrow),       \
	  false)                                                               \
	X(_ZnamRKSt9nothrow_t, (size_t, const void *), (size, &nothrow),       \
	  false)                                                               \
	X(_ZnwmSt11align_val_t, (size_t, size_t), (size, 64), true)            \
	X(_ZnamSt11align_val_t, (size_t, size_t), (size, 64), true)            \
	X(_ZnwmSt11align_val_tRKSt9nothrow_t, (size_t, size_t, const void *),  \
	  (size, 64, &nothrow), false)                                         \
	X(_ZnamSt11align_val_tRKSt9nothrow_t, (size_t, size_t, const void *),  \
	  (size, 64, &nothrow), false)                                         \
	X(_Znwm12__hot_cold_t, (size_t, hot_cold), (size, 0), true)            \
	X(_Znam12__hot_cold_t, (size_t, hot_cold), (size, 128), true)          \
	X(_ZnwmRKSt9nothrow_t12__hot_cold_t, (size_t, const void *, hot_cold), \
	  (size, &nothrow, 1), false)                                          \
	X(_ZnamRKSt9nothrow_t12__hot_cold_t, (size_t, const void *, hot_cold), \
	  (size, &nothrow, 255), false)                                        \
	X(_ZnwmSt11align_val_t12__hot_cold_t, (size_t, size_t, hot_cold),      \
	  (size, 64, 1), true)                                                 \
	X(_ZnamSt11align_val_t12__hot_cold_t, (size_t, size_t, hot_cold),      \
	  (size, 64, 1), true)                                                 \
	X(_ZnwmSt11align_val_tRKSt9nothrow_t12__hot_cold_t,                    \
	  (size_t, size_t, const void *, hot_cold), (size, 64, &nothrow, 1),   \
	  false)                                                               \
	X(_ZnamSt11align_val_tRKSt9nothrow_t12__hot_cold_t,                    \
	  (size_t, size_t, const void *, hot_cold), (size, 64, &nothrow, 1),   \
	  false)

#define SIZED_FORMS(X)                                                       \
	X(__size_returning_new, (size_t), (size))                            \
	X(__size_returning_new_aligned, (size_t, size_t), (size, 64))        \
	X(__size_returning_new_hot_cold, (size_t, hot_cold), (size, 1))      \
	X(__size_returning_new_aligned_hot_cold, (size_t, size_t, hot_cold), \
	  (size, 64, 1))

#define DELETE_FORMS(X)                                                        \
	X(_ZdlPv, (void *), (p))                                               \
	X(_ZdaPv, (void *), (p))                                               \
	X(_ZdlPvm, (void *, size_t), (p, size))                                \
	X(_ZdaPvm, (void *, size_t), (p, size))                                \
	X(_ZdlPvRKSt9nothrow_t, (void *, const void *), (p, &nothrow))         \
	X(_ZdaPvRKSt9nothrow_t, (void *, const void *), (p, &nothrow))         \
	X(_ZdlPvSt11align_val_t, (void *, size_t), (p, 64))                    \
	X(_ZdaPvSt11align_val_t, (void *, size_t), (p, 64))                    \
	X(_ZdlPvmSt11align_val_t, (void *, size_t, size_t), (p, size, 64))     \
	X(_ZdaPvmSt11align_val_t, (void *, size_t, size_t), (p, size, 64))     \
	X(_ZdlPvSt11align_val_tRKSt9nothrow_t, (void *, size_t, const void *), \
	  (p, 64, &nothrow))                                                   \
	X(_ZdaPvSt11align_val_tRKSt9nothrow_t, (void *, size_t, const void *), \
	  (p, 64, &nothrow))

#define STAMP_NEW(name, parameters, arguments, throws) \
	void *name parameters;                         \
	static void *take_##name(size_t size)          \
	{                                              \
		return name arguments;                 \
	}
#define STAMP_SIZED(name, parameters, arguments)     \
	struct sized name parameters;                \
	static struct sized take_##name(size_t size) \
	{                                            \
		return name arguments;               \
	}
#define STAMP_DELETE(name, parameters, arguments)     \
	void name parameters;                         \
	static void give_##name(void *p, size_t size) \
	{                                             \
		(void)size;                           \
		name arguments;                       \
	}
NEW_FORMS(STAMP_NEW)
SIZED_FORMS(STAMP_SIZED)
DELETE_FORMS(STAMP_DELETE)

#define NEW_ROW(name, parameters, arguments, throws) \
	{ #name, take_##name, throws },
#define SIZED_ROW(name, parameters, arguments)	{ #name, take_##name },
#define DELETE_ROW(name, parameters, arguments) { #name, give_##name },

static const struct new_form {
	const char *name;
	void *(*take)(size_t size);
	bool throws;
} news[] = { NEW_FORMS(NEW_ROW) };

static const struct sized_form {
	const char *name;
	struct sized (*take)(size_t size);
} sizeds[] = { SIZED_FORMS(SIZED_ROW) };

static const struct delete_form {
	const char *name;
	void (*give)(void *p, size_t size);
} deletes[] = { DELETE_FORMS(DELETE_ROW) };

static void there_is_no_cxx_here(void **state)
{
	(void)state;
	assert_null(dlsym(RTLD_DEFAULT, "__cxa_throw"));
}

/* The standard wants one kind on both ends: array or not, aligned or not. */
static bool is_pair(const struct new_form *new_form,
		    const struct delete_form *delete_form)
{
	return !strstr(new_form->name, "_Zna") ==
		       !strstr(delete_form->name, "_Zda") &&
	       !strstr(new_form->name, "align") ==
		       !strstr(delete_form->name, "align");
}

static void check_pair(const struct new_form *new_form,
		       const struct delete_form *delete_form)
{
	size_t owed = strstr(new_form->name, "align") ? 64 : API_ALIGN;

	for (size_t k = 0; k < api_nr_sizes; k += 5) {
		void *p = new_form->take(api_sizes[k]);

		assert_non_null(p);
		assert_true(api_is_aligned(p, owed));
		memset(p, 1, api_sizes[k]);
		errno = EDOM;
		delete_form->give(p, api_sizes[k]);
		assert_int_equal(errno, EDOM);
	}
}

static void every_delete_takes_its_news(void **state)
{
	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(news); i++) {
		for (size_t j = 0; j < API_ARRAY_SIZE(deletes); j++) {
			if (is_pair(&news[i], &deletes[j]))
				check_pair(&news[i], &deletes[j]);
		}
	}
}

static void size_returning_new_tells_the_truth(void **state)
{
	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(sizeds); i++) {
		for (size_t k = 0; k < api_nr_sizes; k++) {
			struct sized got = sizeds[i].take(api_sizes[k]);

			assert_non_null(got.p);
			assert_true(got.n >= api_sizes[k]);
			assert_true(got.n <= malloc_usable_size(got.p));
			memset(got.p, 1, got.n);
			if (strstr(sizeds[i].name, "aligned"))
				_ZdlPvmSt11align_val_t(got.p, got.n, 64);
			else
				_ZdlPvm(got.p, got.n);
		}
	}
}

static void nothrow_refuses_with_null(void **state)
{
	(void)state;
	for (size_t i = 0; i < API_ARRAY_SIZE(news); i++) {
		for (size_t k = 0; !news[i].throws && k < api_nr_impossible;
		     k++)
			assert_null(news[i].take(api_impossible[k]));
	}
}

static const struct new_form *form; /* what the child is to call */

static int take_the_impossible(void)
{
	close(STDERR_FILENO);
	return form->take(PTRDIFF_MAX) ? 1 : 2;
}

static void without_a_runtime_throwing_is_aborting(void **state)
{
	(void)state;
	for (form = news; form < news + API_ARRAY_SIZE(news); form++) {
		if (form->throws)
			assert_int_equal(api_in_child(take_the_impossible),
					 128 + SIGABRT);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_no_cxx_here),
		cmocka_unit_test(every_delete_takes_its_news),
		cmocka_unit_test(size_returning_new_tells_the_truth),
		cmocka_unit_test(nothrow_refuses_with_null),
		cmocka_unit_test(without_a_runtime_throwing_is_aborting),
	};

	return cmocka_run_group_tests_name("mangled", tests, NULL, NULL);
}
