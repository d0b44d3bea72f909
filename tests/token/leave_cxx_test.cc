/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leave_cxx_test: an exception out of a wrapper leaves no token behind.
 *
 * Speaks TAP itself: cmocka's longjmp would jump over destructors.
 */
#include "announce.h"

#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>

static const size_t SIZE = 100;
static int failures;
static int cases;

static void report(const char *name, bool is_ok)
{
	std::printf("%sok %d - %s\n", is_ok ? "" : "not ", ++cases, name);
	failures += !is_ok;
}

static struct typeslab_whatis place_of(const void *p)
{
	struct typeslab_whatis place;

	if (!p || !typeslab_whatis(p, &place))
		std::abort();
	return place;
}

/* Frees @p. */
static bool is_untyped(void *p)
{
	bool is = place_of(p).domain == TYPESLAB_UNKNOWN;

	std::free(p);
	return is;
}

static bool is_typed(void *p, uint64_t token)
{
	void *direct = __alloc_token_malloc(SIZE, token);
	struct typeslab_whatis a = place_of(p), b = place_of(direct);

	std::free(p);
	std::free(direct);
	return a.domain == b.domain && a.partition == b.partition;
}

static __attribute__((noinline)) void *throw_out(size_t size)
{
	KEEP(size);
	throw std::runtime_error(
		"out of the wrapper, with a string of 40 bytes");
}

static __attribute__((noinline)) void *throw_number(size_t size)
{
	throw size;
}

static __attribute__((noinline)) void *run_out_of_memory(size_t size)
{
	char *p = new char[PTRDIFF_MAX - size];

	KEEP(p);
	return p;
}

static __attribute__((noinline)) void *plain_wrapper(size_t size)
{
	void *p = std::malloc(size);

	KEEP(p);
	return p;
}

static __attribute__((noinline)) void *with_new(size_t size)
{
	void *p = ::operator new(size);

	KEEP(p);
	return p;
}

/* Its frame reaches over the one that the shim had, and is not written. */
template <int bytes> static __attribute__((noinline)) void *deep(size_t size)
{
	char untouched[bytes];
	void *p;

	KEEP(untouched);
	p = plain_wrapper(size);
	KEEP(untouched);
	return p;
}

static __attribute__((noinline)) void lose_a_shim(wrapper_fn *leave)
{
	try {
		announce(leave, SIZE, POINTER_TOKEN);
	} catch (...) {
	}
}

/* Leaves by an exception, then allocates: by which frame, @request says. */
static __attribute__((noinline)) void *after(wrapper_fn *leave,
					     wrapper_fn *request)
{
	lose_a_shim(leave);
	return request(SIZE);
}

static bool is_untyped_at_all_depths(wrapper_fn *leave)
{
	static wrapper_fn *const requests[] = { deep<16>,  deep<64>,  deep<96>,
						deep<128>, deep<192>, deep<256>,
						deep<384>, deep<512> };

	for (wrapper_fn *request : requests)
		if (!is_untyped(after(leave, request)))
			return false;
	return true;
}

static __attribute__((noinline)) void *in_handler(wrapper_fn *leave)
{
	try {
		announce(leave, SIZE, POINTER_TOKEN);
	} catch (...) {
		void *p = std::malloc(SIZE);

		KEEP(p);
		return p;
	}
	return NULL;
}

struct allocates_when_unwound {
	void **where;
	~allocates_when_unwound()
	{
		*where = std::malloc(SIZE);
	}
};

static __attribute__((noinline)) void *in_destructor(wrapper_fn *leave)
{
	void *p = NULL;

	try {
		allocates_when_unwound guard = { &p };
		announce(leave, SIZE, POINTER_TOKEN);
	} catch (...) {
	}
	return p;
}

int main()
{
	static wrapper_fn *const leave[] = { throw_out, throw_number,
					     run_out_of_memory };
	static const char *const name[] = { "runtime_error", "number",
					    "bad_alloc" };

	for (int i = 0; i < 3; i++) {
		std::string how = name[i];

		report((how + ", then the plain wrapper").c_str(),
		       is_untyped(after(leave[i], plain_wrapper)));
		report((how + ", then new").c_str(),
		       is_untyped(after(leave[i], with_new)));
		report((how + ", then a deeper frame").c_str(),
		       is_untyped_at_all_depths(leave[i]));
		report((how + ", in the handler").c_str(),
		       is_untyped(in_handler(leave[i])));
		report((how + ", in a destructor").c_str(),
		       is_untyped(in_destructor(leave[i])));
		report((how + ", then announced anew").c_str(),
		       is_typed(announce(plain_wrapper, SIZE, DATA_TOKEN),
				DATA_TOKEN));
	}
	report("operator new takes it",
	       is_typed(announce(with_new, SIZE, DATA_TOKEN), DATA_TOKEN));
	std::printf("1..%d\n", cases);
	return failures != 0;
}
