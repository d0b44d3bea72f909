/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plugin_cxx: a C++ library for a C program. libstdc++ comes with it, long
 * after the heap was set up: what the heap knows of C++ must be found then.
 */
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <vector>

static int nr_handled;

static void give_up(void)
{
	nr_handled++;
	std::set_new_handler(nullptr);
}

/* 1 when all went as in any C++ program. */
extern "C" int plugin_cxx_use_heap(void)
{
	std::vector<std::string> strings;

	for (size_t i = 0; i < 1000; i++)
		strings.push_back(std::string(i, 'x'));
	int *numbers = new int[100];
	delete[] numbers;
	return strings[999].size() == 999;
}

/* 1 when new threw bad_alloc after asking the handler once. */
extern "C" int plugin_cxx_catch(void)
{
	nr_handled = 0;
	std::set_new_handler(give_up);
	try {
		operator delete(operator new(PTRDIFF_MAX - 100));
	} catch (const std::bad_alloc &) {
		return nr_handled == 1;
	}
	return 0;
}
