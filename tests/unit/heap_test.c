/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/align.h"
#include "heap/heap.h"
#include "heap/large.h"
#include "heap/place.h"
#include "heap/sums.h"

#include <errno.h>
#include <pthread.h>
#include <sys/resource.h>

#define DATA	 (1ul << 40)
#define POINTER	 (1ul << 63 | 1ul << 40)
#define NR_LIVE	 3000
#define NR_STEPS 400000
#define NR_KEYS	 24

static unsigned int row_of(const void *p)
{
	struct place place = place_find(p);

	assert_int_equal(place.kind, PLACE_LIVE);
	return row_of_slab(place.slab);
}

/* Where every address was first seen: "no address in two caches". */
static uint32_t *seen;
static size_t nr_seen;

static void see(const void *p)
{
	size_t at = ((const char *)p - region.base) / CLASS_GRAIN;
	uint32_t bin = bin_of_slab(place_find(p).slab) + 1;

	assert_true(at < nr_seen);
	if (!seen[at])
		seen[at] = bin;
	assert_int_equal(seen[at], bin);
}

struct object {
	unsigned char *p;
	size_t size;
	unsigned char mark;
};

static void fill(struct object *object)
{
	if (object->size > 8192) {
		memset(object->p, object->mark, 4096);
		memset(object->p + object->size - 4096, object->mark, 4096);
	} else {
		memset(object->p, object->mark, object->size);
	}
}

static void check_fill(const struct object *object, size_t size)
{
	size_t head = object->size > 8192 ? 4096 : object->size;

	for (size_t at = 0; at < size_min(head, size); at++)
		assert_int_equal(object->p[at], object->mark);
	if (size == object->size && size > 8192)
		assert_int_equal(object->p[size - 1], object->mark);
}

static size_t random_size(uint64_t *seed)
{
	return unit_random(seed) % (16ul << unit_random(seed) % 15);
}

static uint64_t keys[NR_KEYS];

static void renew(struct object *object, uint64_t *seed)
{
	uint64_t token = keys[unit_random(seed) % NR_KEYS];
	uintptr_t site = unit_random(seed) % 64;
	size_t size = random_size(seed);

	switch (unit_random(seed) % 4) {
	case 0:
		object->p = heap_alloc_zeroed(size, token, site);
		for (size_t at = 0; at < size; at++)
			assert_int_equal(object->p[at], 0);
		break;
	case 1:
		object->p = heap_alloc_aligned(
			size, 1ul << unit_random(seed) % 13, token, site);
		break;
	default:
		object->p = heap_alloc(size, token, site);
	}
	assert_non_null(object->p);
	assert_int_equal((uintptr_t)object->p % 16, 0);
	assert_int_equal(row_of(object->p), layout_row(token, site));
	object->size = size;
	object->mark = unit_random(seed);
	see(object->p);
	fill(object);
}

static void resize(struct object *object, uint64_t *seed)
{
	uint64_t token = keys[unit_random(seed) % NR_KEYS];
	size_t size = random_size(seed) + 1;
	unsigned int row = row_of(object->p);
	struct object was = *object;

	object->p = heap_realloc(object->p, size, token, 1);
	assert_non_null(object->p);
	check_fill(&(struct object){ object->p, was.size, was.mark },
		   size_min(size, was.size));
	/* A token moves it to its row; none leaves it in its own. */
	assert_int_equal(row_of(object->p), token ? layout_row(token, 1) : row);
	object->size = size;
	see(object->p);
	fill(object);
}

static void test_model(void **state)
{
	static struct object objects[NR_LIVE];
	struct heap_sums before = heap_sum();
	uint64_t seed = unit_seed();

	(void)state;
	nr_seen = (8ul << 30) / CLASS_GRAIN;
	seen = test_calloc(nr_seen, sizeof(*seen));
	for (int i = 1; i < NR_KEYS; i++)
		keys[i] = unit_random(&seed) << 32 | 1;
	for (int i = 0; i < NR_STEPS; i++) {
		struct object *object = &objects[unit_random(&seed) % NR_LIVE];

		if (!object->p) {
			renew(object, &seed);
			continue;
		}
		check_fill(object, object->size);
		if (unit_random(&seed) % 4 == 0) {
			resize(object, &seed);
			continue;
		}
		if (unit_random(&seed) % 2)
			heap_free(object->p);
		else
			heap_free((char *)object->p + (0x5aul << 56));
		object->p = NULL;
	}
	for (int i = 0; i < NR_LIVE; i++)
		heap_free(objects[i].p);
	assert_int_equal(heap_sum().nr_small, before.nr_small);
	assert_int_equal(heap_sum().nr_large, before.nr_large);
	test_free(seen);
}

static void test_sizes(void **state)
{
	(void)state;
	for (size_t size = 0; size <= SMALL_MAX; size++) {
		char *p = heap_alloc(size, POINTER, 0);

		assert_int_equal(heap_usable_size(p, ACT_SIZE_QUERY),
				 class_size(class_of(size)));
		heap_free_sized(p, size, 0);
	}
	for (size_t size = SMALL_MAX + 1; size < 1 << 21; size += 9973) {
		char *p = heap_alloc(size, POINTER, 0);

		assert_int_equal(heap_usable_size(p, ACT_SIZE_QUERY),
				 large_usable(size));
		heap_free_sized(p, size, 0);
	}
	assert_int_equal(heap_usable_size(NULL, ACT_SIZE_QUERY), 0);
}

static void test_aligned(void **state)
{
	(void)state;
	for (size_t align = 1; align <= 1ul << 22; align *= 2) {
		for (size_t size = 0; size < 100000; size = size * 3 + 1) {
			char *p = heap_alloc_aligned(size, align, DATA, 0);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % align, 0);
			assert_true(heap_usable_size(p, ACT_SIZE_QUERY) >=
				    size);
			memset(p, 'x', size);
			heap_free_sized(p, size, align);
		}
	}
}

/* The process's very first allocation may be an aligned one. */
static void alloc_aligned_first(void *unused)
{
	char *p = heap_alloc_aligned(1000, 16, 0, 1);

	(void)unused;
	unit_must(heap_usable_size(p, ACT_SIZE_QUERY) >= 1000);
}

static void test_aligned_first(void **state)
{
	(void)state;
	unit_run_well(alloc_aligned_first, NULL);
}

static void test_domains(void **state)
{
	const struct row_set *rows = layout.rows;
	unsigned int row = row_of(heap_alloc(10, DATA, 0));

	(void)state;
	assert_true(row >= rows[DOMAIN_DATA].first);
	assert_true(row < rows[DOMAIN_DATA].first + rows[DOMAIN_DATA].count);
	row = row_of(heap_alloc(100000, POINTER, 0));
	assert_true(row >= rows[DOMAIN_POINTER].first);
	assert_true(row < layout.nr_rows);
	row = row_of(heap_alloc(0, 0, 1234));
	assert_true(row < rows[DOMAIN_UNKNOWN].count);
	assert_int_equal(row_of(heap_alloc(5, 0, 1234)), row);
}

static void test_resize(void **state)
{
	char *p = heap_realloc(NULL, 100, DATA, 1), *same;

	(void)state;
	assert_int_equal(row_of(p), layout_row(DATA, 1));
	strcpy(p, "hello");
	same = heap_realloc(p, 112, 0, 77);
	assert_ptr_equal(same, p);
	p = heap_realloc(p, 100, POINTER, 1);
	assert_ptr_not_equal(p, same);
	assert_string_equal(p, "hello");
	assert_int_equal(row_of(p), layout_row(POINTER, 1));
	p = heap_realloc(p, 1 << 20, 0, 1);
	assert_string_equal(p, "hello");
	assert_int_equal(row_of(p), layout_row(POINTER, 1));
	p = heap_realloc(p, 5 << 20, DATA, 1);
	assert_string_equal(p, "hello");
	assert_int_equal(row_of(p), layout_row(DATA, 1));
	p = heap_realloc(p, 10, 0, 1);
	assert_string_equal(p, "hello");
	errno = E2BIG;
	assert_null(heap_realloc(p, SIZE_MAX, 0, 1));
	assert_int_equal(errno, ENOMEM);
	assert_string_equal(p, "hello");
	errno = E2BIG;
	assert_null(heap_realloc(p, 0, DATA, 1));
	assert_int_equal(errno, E2BIG);
}

/* What grows beside others changes place again and again. */
static void test_resize_large(void **state)
{
	size_t size = 1 << 20;
	unsigned char *p = heap_alloc(size, DATA, 1);

	(void)state;
	memset(p, 'x', size);
	for (int i = 0; i < 6; i++) {
		char *in_the_way = heap_alloc(size / 2, DATA, 1);

		in_the_way[0] = 'y';
		p = heap_realloc(p, size * 2, 0, 1);
		assert_non_null(p);
		for (size_t at = 0; at < size; at += 1000)
			assert_int_equal(p[at], 'x');
		memset(p + size, 'x', size);
		size *= 2;
	}
	heap_free(p);
}

static void test_no_memory(void **state)
{
	(void)state;
	errno = 0;
	assert_null(heap_alloc(SIZE_MAX, DATA, 1));
	assert_int_equal(errno, ENOMEM);
	errno = 0;
	assert_null(heap_alloc_zeroed(SIZE_MAX - 4096, DATA, 1));
	assert_int_equal(errno, ENOMEM);
	errno = 0;
	assert_null(heap_alloc_aligned(1, 1ul << 62, DATA, 1));
	assert_int_equal(errno, ENOMEM);
	errno = E2BIG;
	heap_free(heap_alloc(100, DATA, 1));
	heap_free(heap_alloc(1 << 20, DATA, 1));
	heap_free(NULL);
	heap_trim();
	assert_int_equal(errno, E2BIG);
}

static void exhaust(void *unused)
{
	struct rlimit limit = { 0, RLIM_INFINITY };
	static void *all[100000];
	int nr = 0, again = 0;
	size_t states;

	(void)unused;
	heap_free(heap_alloc(1000, DATA, 1));
	/* Data there is already, and as much again. */
	limit.rlim_cur = UNIT_HAS_SANITIZER ? 4ul << 40 : 64ul << 20;
	unit_must(!setrlimit(RLIMIT_DATA, &limit));
	if (UNIT_HAS_SANITIZER)
		return;
	while (nr < 100000 && (all[nr] = heap_alloc(1000, DATA, 1)))
		nr++;
	unit_must(nr > 1000 && nr < 100000 && errno == ENOMEM);
	/* To ask in vain costs nothing, however often. */
	states = layout.states.next;
	for (int i = 0; i < 200; i++)
		unit_must(!heap_alloc(1000, DATA, 1));
	unit_must(layout.states.next == states);
	for (int i = 0; i < nr; i++)
		heap_free(all[i]);
	while (again < nr && (all[again] = heap_alloc(1000, DATA, 1)))
		again++;
	unit_must(again == nr);
}

static void test_exhaustion(void **state)
{
	(void)state;
	unit_needs("limits of memory");
	unit_run_well(exhaust, NULL);
}

/* Of two threads that free one slot, one is told: exactly one claim wins. */
static unsigned int nr_claims;
static pthread_barrier_t start;

static void *claim(void *slot_state)
{
	pthread_barrier_wait(&start);
	if (heap_claim(slot_state))
		__atomic_fetch_add(&nr_claims, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void test_claim(void **state)
{
	(void)state;
	for (int round = 0; round < 500; round++) {
		uint8_t slot_state = SLOT_LIVE;
		pthread_t threads[3];

		nr_claims = 0;
		pthread_barrier_init(&start, NULL, 3);
		for (int i = 0; i < 3; i++)
			assert_int_equal(pthread_create(&threads[i], NULL,
							claim, &slot_state),
					 0);
		for (int i = 0; i < 3; i++)
			pthread_join(threads[i], NULL);
		assert_int_equal(nr_claims, 1);
		assert_int_equal(slot_state, SLOT_STOCK);
	}
	for (unsigned int was = 0; was <= UINT8_MAX; was++) {
		uint8_t slot_state = (uint8_t)was;

		if (was == SLOT_LIVE)
			continue;
		assert_false(heap_claim(&slot_state));
		assert_int_equal(slot_state, was);
	}
}

/* Where types do not count, no token does, the largest one neither. */
static void run_random(void *unused)
{
	(void)unused;
	setenv("TYPESLAB", "mode=random", 1);
	for (uintptr_t site = 1; site < 2000; site += 7) {
		char *p = heap_alloc(32, UINT64_MAX, site);

		unit_must(row_of(p) == layout_row(0, site));
		heap_free(p);
	}
}

/* Before any other test boots the heap. */
static void test_random_mode(void **state)
{
	(void)state;
	unit_run_well(run_random, NULL);
}

/* The fast path's row is the slow path's, for every kind of token. */
static void test_rows_agree(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t token = unit_random(&seed) << (i % 2 ? 20 : 0);
		uintptr_t site = unit_random(&seed);
		char *p;

		if (i % 5 == 0)
			token = i % 3 ? 0 : unit_random(&seed) % TOKEN_HASHED;
		p = heap_alloc(32, token, site);
		assert_int_equal(row_of(p), layout_row(token, site));
		heap_free(p);
	}
}

static void check_size(size_t asked, size_t told, size_t align, bool fits)
{
	char *p = align ? heap_alloc_aligned(asked, align, 0, 1)
			: heap_alloc(asked, 0, 1);

	if (fits)
		assert_true(place_check_size(p, told, align));
	heap_free(p);
}

struct lie {
	size_t asked, told;
};

static void tell_lie(void *lie_)
{
	struct lie *lie = lie_;

	heap_free_sized(heap_alloc(lie->asked, 0, 1), lie->told, 0);
}

static void test_sized_free(void **state)
{
	static const struct lie lies[] = {
		{ 16, 17 },	  { 17, 16 },	     { 0, 17 },
		{ 32768, 32769 }, { 32769, 32768 },  { 40000, 140000 },
		{ 1 << 20, 0 },	  { 100, SIZE_MAX },
	};

	(void)state;
	check_size(100, 100, 0, true);
	check_size(100, 112, 0, true);
	check_size(100, 100, 64, true);
	check_size(0, 0, 0, true);
	check_size(0, 0, 65536, true);
	check_size(50000, 50000, 0, true);
	for (size_t i = 0; i < array_size(lies); i++) {
		struct unit_child child =
			unit_run(tell_lie, (void *)(uintptr_t)&lies[i]);

		assert_int_equal(strncmp(child.text,
					 "typeslab: wrong size free: 0x", 29),
				 0);
		assert_int_equal(child.status & 0x7f, 6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_mode),
		cmocka_unit_test(test_aligned_first),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_aligned),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_rows_agree),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_resize_large),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_exhaustion),
		cmocka_unit_test(test_claim),
		cmocka_unit_test(test_sized_free),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
