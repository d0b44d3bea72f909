/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_guest: the heap as a guest: a program that has glibc's malloc loads
 * libtypeslab.so by dlopen, calls it by dlsym, from threads too, and closes it.
 *
 * usage: api_guest LIBRARY
 */
#include "api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

static const char *path;

struct guest {
	void *handle;
	void *(*malloc)(size_t size);
	void (*free)(void *p);
	sem_t is_used;
	sem_t is_closed;
};

static void invite(struct guest *guest)
{
	guest->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!guest->handle)
		print_error("%s\n", dlerror());
	assert_non_null(guest->handle);
	guest->malloc = (void *(*)(size_t))dlsym(guest->handle, "malloc");
	guest->free = (void (*)(void *))dlsym(guest->handle, "free");
	assert_non_null((void *)guest->malloc);
	assert_non_null((void *)guest->free);
	sem_init(&guest->is_used, 0, 0);
	sem_init(&guest->is_closed, 0, 0);
}

static bool use_guest(const struct guest *guest)
{
	for (size_t i = 0; i < api_nr_sizes; i++) {
		unsigned char *p = guest->malloc(api_sizes[i]);

		if (!p)
			return false;
		api_fill(p, api_sizes[i], 1);
		guest->free(p);
	}
	return true;
}

static void a_guest_serves_beside_the_host(void **state)
{
	struct guest guest;
	void *host = malloc(100);

	(void)state;
	invite(&guest);
	assert_ptr_not_equal((void *)guest.malloc, (void *)malloc);
	assert_true(use_guest(&guest));
	free(host);
	free(malloc(100));
	dlclose(guest.handle);
}

static void *use_and_outlive(void *argument)
{
	struct guest *guest = argument;
	void *result = use_guest(guest) ? guest : NULL;

	sem_post(&guest->is_used);
	sem_wait(&guest->is_closed);
	return result;
}

/* The thread ends after dlclose(): its destructors must still be there. */
static void a_thread_may_outlive_the_guest(void **state)
{
	struct guest guest;
	void *result = NULL;
	pthread_t thread;

	(void)state;
	invite(&guest);
	assert_int_equal(pthread_create(&thread, NULL, use_and_outlive, &guest),
			 0);
	sem_wait(&guest.is_used);
	dlclose(guest.handle);
	sem_post(&guest.is_closed);
	pthread_join(thread, &result);
	assert_non_null(result);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guest_serves_beside_the_host),
		cmocka_unit_test(a_thread_may_outlive_the_guest),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: api_guest LIBRARY\n");
		return 2;
	}
	path = argv[1];
	return cmocka_run_group_tests_name("guest", tests, NULL, NULL);
}
