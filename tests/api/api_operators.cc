/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_operators: every operator new and delete of C++17 and the hot/cold ones
 * by their mangled names: aligned, sized, nothrow; the new-handler is asked
 * again and again; what cannot be met throws std::bad_alloc.
 */
#include <cstdio>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "api_cxx.h"

typedef unsigned char hot_cold;

/* Not declared by any libstdc++; the last argument is clang's hint. */
extern "C" {
void *_Znwm12__hot_cold_t(size_t, hot_cold);
void *_Znam12__hot_cold_t(size_t, hot_cold);
void *_ZnwmRKSt9nothrow_t12__hot_cold_t(size_t, const std::nothrow_t &,
					hot_cold) noexcept;
void *_ZnamRKSt9nothrow_t12__hot_cold_t(size_t, const std::nothrow_t &,
					hot_cold) noexcept;
void *_ZnwmSt11align_val_t12__hot_cold_t(size_t, std::align_val_t, hot_cold);
void *_ZnamSt11align_val_t12__hot_cold_t(size_t, std::align_val_t, hot_cold);
void *_ZnwmSt11align_val_tRKSt9nothrow_t12__hot_cold_t(size_t, std::align_val_t,
						       const std::nothrow_t &,
						       hot_cold) noexcept;
void *_ZnamSt11align_val_tRKSt9nothrow_t12__hot_cold_t(size_t, std::align_val_t,
						       const std::nothrow_t &,
						       hot_cold) noexcept;
}

#define ALIGN(a) static_cast<std::align_val_t>(a)

struct door {
	const char *name;
	bool aligned;
	bool throws;
	void *(*take)(size_t size, size_t alignment);
	void (*give)(void *p, size_t size, size_t alignment);
};

/* Stamps a row: how to take, how to give back; s size, a alignment, p block. */
#define DOOR(name, aligned, throws, take, give)            \
	{                                                  \
		name, aligned, throws,                     \
			[](size_t s, size_t a) -> void * { \
				(void)a;                   \
				return take;               \
			},                                 \
			[](void *p, size_t s, size_t a) {  \
				(void)s;                   \
				(void)a;                   \
				give;                      \
			}                                  \
	}

/* clang-format off */
static const struct door doors[] = {
	DOOR("new", false, true,
	     operator new(s), operator delete(p)),
	DOOR("new, sized", false, true,
	     operator new(s), operator delete(p, s)),
	DOOR("new[]", false, true,
	     operator new[](s), operator delete[](p)),
	DOOR("new[], sized", false, true,
	     operator new[](s), operator delete[](p, s)),
	DOOR("new nothrow", false, false,
	     operator new(s, std::nothrow),
	     operator delete(p, std::nothrow)),
	DOOR("new[] nothrow", false, false,
	     operator new[](s, std::nothrow),
	     operator delete[](p, std::nothrow)),
	DOOR("new aligned", true, true,
	     operator new(s, ALIGN(a)), operator delete(p, ALIGN(a))),
	DOOR("new[] aligned", true, true,
	     operator new[](s, ALIGN(a)), operator delete[](p, ALIGN(a))),
	DOOR("new aligned, sized", true, true,
	     operator new(s, ALIGN(a)), operator delete(p, s, ALIGN(a))),
	DOOR("new[] aligned, sized", true, true,
	     operator new[](s, ALIGN(a)), operator delete[](p, s, ALIGN(a))),
	DOOR("new aligned nothrow", true, false,
	     operator new(s, ALIGN(a), std::nothrow),
	     operator delete(p, ALIGN(a), std::nothrow)),
	DOOR("new[] aligned nothrow", true, false,
	     operator new[](s, ALIGN(a), std::nothrow),
	     operator delete[](p, ALIGN(a), std::nothrow)),
	DOOR("new hot", false, true,
	     _Znwm12__hot_cold_t(s, 255), operator delete(p, s)),
	DOOR("new[] cold", false, true,
	     _Znam12__hot_cold_t(s, 1), operator delete[](p)),
	DOOR("new hot nothrow", false, false,
	     _ZnwmRKSt9nothrow_t12__hot_cold_t(s, std::nothrow, 255),
	     operator delete(p)),
	DOOR("new[] cold nothrow", false, false,
	     _ZnamRKSt9nothrow_t12__hot_cold_t(s, std::nothrow, 1),
	     operator delete[](p, s)),
	DOOR("new hot aligned", true, true,
	     _ZnwmSt11align_val_t12__hot_cold_t(s, ALIGN(a), 255),
	     operator delete(p, ALIGN(a))),
	DOOR("new[] cold aligned", true, true,
	     _ZnamSt11align_val_t12__hot_cold_t(s, ALIGN(a), 1),
	     operator delete[](p, s, ALIGN(a))),
	DOOR("new hot aligned nothrow", true, false,
	     _ZnwmSt11align_val_tRKSt9nothrow_t12__hot_cold_t(
		     s, ALIGN(a), std::nothrow, 255),
	     operator delete(p, ALIGN(a))),
	DOOR("new[] cold aligned nothrow", true, false,
	     _ZnamSt11align_val_tRKSt9nothrow_t12__hot_cold_t(
		     s, ALIGN(a), std::nothrow, 1),
	     operator delete[](p, ALIGN(a))),
};
/* clang-format on */

static void check_door(const struct door *door, size_t size, size_t alignment)
{
	void *first = door->take(size, alignment);
	void *second = door->take(size, alignment);

	assert_non_null(first);
	assert_non_null(second);
	assert_ptr_not_equal(first, second);
	assert_true(api_is_aligned(first, alignment));
	assert_true(api_is_aligned(second, alignment));
	assert_true(malloc_usable_size(first) >= size);
	memset(first, 1, size);
	memset(second, 2, size);
	door->give(first, size, alignment);
	door->give(second, size, alignment);
}

static void every_door_gives_and_takes(void **)
{
	for (const struct door &door : doors) {
		size_t last = door.aligned ? 4 * MIB : 16;

		for (size_t a = 16; a <= last; a *= door.aligned ? 2 : 4) {
			for (size_t i = 0; i < api_nr_sizes; i++)
				check_door(&door, api_sizes[i], a);
		}
	}
}

static void small_alignments_hold(void **)
{
	for (const struct door &door : doors) {
		for (size_t a = 1; door.aligned && a < 16; a *= 2)
			check_door(&door, 100, a);
	}
}

/* Takes what cannot be met; says how the door refused. */
static std::string refusal(const struct door *door, size_t size)
{
	try {
		void *p = door->take(size, 64);

		return p ? "gave a block" : "NULL";
	} catch (const std::bad_alloc &) {
		return "bad_alloc";
	}
}

static void check_refusal(const struct door *door, size_t size)
{
	std::string how = refusal(door, size);

	if (how != (door->throws ? "bad_alloc" : "NULL"))
		fail_msg("%s of %#zx bytes: %s", door->name, size, how.c_str());
}

static void impossible_sizes_are_refused(void **)
{
	std::set_new_handler(nullptr);
	for (const struct door &door : doors) {
		for (size_t i = 0; i < api_nr_impossible; i++) {
			check_refusal(&door, api_impossible[i]);
		}
	}
}

static int nr_handled;

static void give_up_after_three(void)
{
	if (++nr_handled == 3)
		std::set_new_handler(nullptr);
}

static void the_handler_is_asked_until_it_leaves(void **)
{
	for (const struct door &door : doors) {
		nr_handled = 0;
		std::set_new_handler(give_up_after_three);
		check_refusal(&door, PTRDIFF_MAX);
		assert_int_equal(nr_handled, 3);
		assert_null(std::get_new_handler());
	}
}

class own_trouble : public std::bad_alloc
{
};

static void throw_own_trouble(void)
{
	nr_handled++;
	throw own_trouble();
}

/* What the handler throws passes through new; nothrow forms swallow it. */
static void the_handler_may_throw(void **)
{
	for (const struct door &door : doors) {
		bool own = false;
		void *p = &own;

		nr_handled = 0;
		std::set_new_handler(throw_own_trouble);
		try {
			p = door.take(PTRDIFF_MAX, 64);
		} catch (const own_trouble &) {
			own = true;
		}
		std::set_new_handler(nullptr);
		assert_int_equal(nr_handled, 1);
		if (own != door.throws || (!own && p))
			fail_msg("%s let the exception %s", door.name,
				 own ? "out" : "in");
	}
}

static void the_handler_is_not_asked_without_need(void **)
{
	nr_handled = 0;
	std::set_new_handler(give_up_after_three);
	for (const struct door &door : doors)
		check_door(&door, 1000, door.aligned ? 64 : API_ALIGN);
	free(malloc(api_impossible[0]));
	std::set_new_handler(nullptr);
	assert_int_equal(nr_handled, 0);
}

static void delete_of_nothing_does_nothing(void **)
{
	for (const struct door &door : doors) {
		errno = EDOM;
		door.give(nullptr, 0, 64);
		assert_int_equal(errno, EDOM);
	}
}

struct alignas(256) wide {
	char bytes[300];
};

static void the_language_uses_them(void **)
{
	std::vector<std::unique_ptr<wide>> wides;
	std::vector<std::string> strings;

	for (int i = 0; i < 200; i++) {
		wides.push_back(std::make_unique<wide>());
		assert_true(api_is_aligned(wides.back().get(), 256));
		strings.push_back(std::string(size_t(i) * 7, 'x'));
	}
	for (int i = 0; i < 200; i++)
		assert_int_equal(strings[size_t(i)].size(), i * 7);
	wide *row = new wide[5];
	assert_true(api_is_aligned(row, 256));
	delete[] row;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_door_gives_and_takes),
		cmocka_unit_test(small_alignments_hold),
		cmocka_unit_test(impossible_sizes_are_refused),
		cmocka_unit_test(the_handler_is_asked_until_it_leaves),
		cmocka_unit_test(the_handler_may_throw),
		cmocka_unit_test(the_handler_is_not_asked_without_need),
		cmocka_unit_test(delete_of_nothing_does_nothing),
		cmocka_unit_test(the_language_uses_them),
	};

	return cmocka_run_group_tests_name("operators", tests, nullptr,
					   nullptr);
}
