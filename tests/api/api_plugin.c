/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_plugin: libraries that come by dlopen share the heap with the program;
 * blocks cross the border both ways and outlive the library. A C++ library in
 * a C program finds new that throws, although libstdc++ came after us.
 *
 * usage: api_plugin PLUGIN PLUGIN_CXX
 */
#include "api.h"

#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

static const char *plugin_path;
static const char *plugin_cxx_path;

static void *find(void *library, const char *name)
{
	void *symbol = dlsym(library, name);

	if (!symbol)
		print_error("no %s: %s\n", name, dlerror());
	return symbol;
}

static void blocks_cross_the_border(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 50; i++) {
		void *library = dlopen(plugin_path, RTLD_NOW | RTLD_LOCAL);
		char *(*make)(size_t size);
		char *(*take_first)(void);
		void (*give)(void *p);
		char *p, *first;

		assert_non_null(library);
		make = (char *(*)(size_t))find(library, "plugin_make");
		take_first =
			(char *(*)(void))find(library, "plugin_take_first");
		give = (void (*)(void *))find(library, "plugin_free");
		p = make(1000);
		first = i % 2 ? take_first() : NULL;
		give(malloc(300));
		dlclose(library);
		assert_int_equal(p[999], 'p');
		p = realloc(p, 2000);
		assert_int_equal(p[999], 'p');
		free(p);
		free(first);
	}
}

/* 1 right, 0 wrong; 9 when something that is not ours is missing. */
static int run_cxx(int mode, const char *name)
{
	void *library = dlopen(plugin_cxx_path, RTLD_NOW | mode);
	int (*function)(void);

	if (!library)
		return 9;
	function = (int (*)(void))find(library, name);
	return function ? function() : 9;
}

static int use_local(void)
{
	return run_cxx(RTLD_LOCAL, "plugin_cxx_use_heap");
}

static int catch_local(void)
{
	return run_cxx(RTLD_LOCAL, "plugin_cxx_catch");
}

static int catch_global(void)
{
	return run_cxx(RTLD_GLOBAL, "plugin_cxx_catch");
}

static void no_cxx_before_the_plugin(void **state)
{
	(void)state;
	assert_null(dlopen("libstdc++.so.6", RTLD_NOW | RTLD_NOLOAD));
	assert_null(dlsym(RTLD_DEFAULT, "__cxa_throw"));
}

static void a_late_cxx_library_uses_the_heap(void **state)
{
	(void)state;
	assert_int_equal(api_in_child(use_local), 1);
}

static void new_throws_in_a_late_global_library(void **state)
{
	(void)state;
	assert_int_equal(api_in_child(catch_global), 1);
}

/* As python3 and perl load theirs. */
static void new_throws_in_a_late_local_library(void **state)
{
	(void)state;
	assert_int_equal(api_in_child(catch_local), 1);
}

/* What libc allocates for its callers is freed by them, with our free. */
static void blocks_of_libc_are_ours(void **state)
{
	char *line = NULL, *text = NULL, *memory = NULL;
	size_t size = 0, memory_size = 0;
	FILE *in = fopen("/proc/self/status", "r");
	FILE *out = open_memstream(&memory, &memory_size);

	(void)state;
	assert_non_null(in);
	assert_non_null(out);
	assert_true(getline(&line, &size, in) > 0);
	assert_true(malloc_usable_size(line) >= size);
	fprintf(out, "%s%*d", line, 30000, 1);
	fclose(in);
	fclose(out);
	assert_int_equal(memory_size, strlen(line) + 30000);
	assert_true(asprintf(&text, "%*d", 300, 7) == 300);
	free(text);
	free(line);
	free(memory);
	free(strdup("duplicate"));
	free(strndup("duplicate", 3));
	free(realpath("/proc/self/exe", NULL));
	free(getcwd(NULL, 0));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_cross_the_border),
		cmocka_unit_test(blocks_of_libc_are_ours),
		cmocka_unit_test(no_cxx_before_the_plugin),
		cmocka_unit_test(a_late_cxx_library_uses_the_heap),
		cmocka_unit_test(new_throws_in_a_late_global_library),
		cmocka_unit_test(new_throws_in_a_late_local_library),
	};

	if (argc != 3) {
		fprintf(stderr, "usage: api_plugin PLUGIN PLUGIN_CXX\n");
		return 2;
	}
	plugin_path = argv[1];
	plugin_cxx_path = argv[2];
	return cmocka_run_group_tests_name("plugin", tests, NULL, NULL);
}
