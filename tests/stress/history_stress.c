/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history_stress: no address is ever seen in two caches.
 *
 * Usage: history_stress [SEED [OPERATIONS [THREADS]]]
 *
 * Every page that a block touches is written down with the cache it was seen
 * in: domain, partition and slot size; for a large object domain and
 * partition. A page is finer than the promise needs (no two caches share
 * one) and stricter than single addresses: it sees overlaps too. What the
 * program maps for itself must be ground that was never the heap's.
 */
#include "stress.h"

#include <typeslab/whatis.h>

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE_SHIFT  12
#define NR_BLOCKS   20000
#define MAX_THREADS 16
#define OWN_PAGES   64

/* Open addressing; an entry is 0, or the page and its cache. */
#define TABLE_SHIFT 23
#define TABLE_SIZE  ((size_t)1 << TABLE_SHIFT)

/* page: 35 bits; large: 1; domain: 2; partition: 8; size / 16: 18 */
#define CACHE_BITS 29
#define LARGE_BIT  (UINT64_C(1) << 28)
#define CLASS_BITS 18

static _Atomic uint64_t *table;
static atomic_size_t nr_pages;
static unsigned long nr_operations = 10000000;
static unsigned int nr_threads = 2;

struct worker {
	pthread_t thread;
	struct stress_random random;
	void *block[NR_BLOCKS];
};

static struct worker workers[MAX_THREADS];

void *__alloc_token_malloc(size_t size, size_t token);
void *__alloc_token_calloc(size_t count, size_t size, size_t token);
void *__alloc_token_realloc(void *old, size_t size, size_t token);

static uint64_t cache_of(const struct typeslab_whatis *info)
{
	uint64_t cache = (uint64_t)info->domain << (CLASS_BITS + 8) |
			 (uint64_t)info->partition << CLASS_BITS;

	if (info->large)
		return cache | LARGE_BIT;
	if (info->size / 16 >> CLASS_BITS || info->partition > 255)
		stress_fail("slot of %zu bytes, partition %u: table too narrow",
			    info->size, info->partition);
	return cache | info->size / 16;
}

static size_t slot_of(uint64_t page)
{
	return page * UINT64_C(0x9e3779b97f4a7c15) >> (64 - TABLE_SHIFT);
}

/* The entry of the page, or the empty one where it would be. */
static _Atomic uint64_t *find_page(uint64_t page, uint64_t *seen)
{
	for (size_t i = slot_of(page);; i = (i + 1) % TABLE_SIZE) {
		*seen = atomic_load_explicit(&table[i], memory_order_relaxed);
		if (!*seen || *seen >> CACHE_BITS == page)
			return &table[i];
	}
}

static void say_twice(uint64_t page, uint64_t before, uint64_t now)
{
	uint64_t old = before & ((UINT64_C(1) << CACHE_BITS) - 1);

	stress_fail("page %#lx: cache %#lx before, %#lx now "
		    "(large 1 bit, domain 2, partition 8, size / 16 18)",
		    (unsigned long)(page << PAGE_SHIFT), (unsigned long)old,
		    (unsigned long)now);
}

static void note_page(uint64_t page, uint64_t cache)
{
	uint64_t entry = page << CACHE_BITS | cache;
	uint64_t seen;

	for (;;) {
		_Atomic uint64_t *place = find_page(page, &seen);

		if (seen == entry)
			return;
		if (seen)
			say_twice(page, seen, cache);
		if (atomic_compare_exchange_strong(place, &seen, entry))
			break;
	}
	if (atomic_fetch_add(&nr_pages, 1) > TABLE_SIZE / 4 * 3)
		stress_fail("table full");
}

static void note(const void *p, size_t size)
{
	struct typeslab_whatis info;
	uint64_t page = (uintptr_t)p >> PAGE_SHIFT;
	uint64_t last;

	if (!typeslab_whatis(p, &info) || info.start != p || !info.live ||
	    info.size < size)
		stress_fail("%p of %zu bytes: not a live block", p, size);
	last = ((uintptr_t)p + info.size - 1) >> PAGE_SHIFT;
	for (; page <= last; page++)
		note_page(page, cache_of(&info));
}

/* Small ones most of the time; a large one in 500. */
static size_t pick_size(struct stress_random *random)
{
	switch (stress_below(random, 512)) {
	case 0:
		return stress_below(random, (size_t)2 << 20);
	case 1 ... 8:
		return stress_below(random, 100000);
	case 9 ... 40:
		return stress_below(random, 8000);
	default:
		return stress_below(random, 1000);
	}
}

static size_t pick_token(struct stress_random *random)
{
	size_t token = 1 + stress_below(random, 60);

	if (stress_below(random, 4) == 0)
		return 0;
	return token * UINT64_C(0x9e3779b97f4a7c15);
}

static void make(struct worker *me, void **block)
{
	size_t size = pick_size(&me->random);
	size_t token = pick_token(&me->random);

	switch (stress_below(&me->random, 16)) {
	case 0:
		*block = __alloc_token_calloc(1, size, token);
		break;
	case 1:
		*block = aligned_alloc(64, size);
		break;
	case 2:
		*block = memalign(4096, size);
		break;
	case 3:
		*block = malloc(size);
		break;
	default:
		*block = __alloc_token_malloc(size, token);
	}
	if (!*block)
		stress_fail("out of memory");
	note(*block, size);
}

/* A map of the program's own must lie on ground that was never the heap's. */
static void map_own(struct stress_random *random)
{
	size_t pages = 1 + stress_below(random, OWN_PAGES);
	char *own = mmap(NULL, pages << PAGE_SHIFT, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t seen;

	if (own == MAP_FAILED)
		stress_fail("mmap");
	for (size_t i = 0; i < pages; i++) {
		uint64_t page = ((uintptr_t)own >> PAGE_SHIFT) + i;

		find_page(page, &seen);
		if (seen)
			say_twice(page, seen, 0);
	}
	munmap(own, pages << PAGE_SHIFT);
}

static void step(struct worker *me)
{
	void **block = &me->block[stress_below(&me->random, NR_BLOCKS)];
	size_t size;

	if (!*block) {
		make(me, block);
		return;
	}
	if (stress_below(&me->random, 8)) {
		free(*block);
		*block = NULL;
		return;
	}
	size = 1 + pick_size(&me->random);
	*block = __alloc_token_realloc(*block, size, pick_token(&me->random));
	if (!*block)
		stress_fail("out of memory");
	note(*block, size);
}

static void *work(void *arg)
{
	struct worker *me = arg;
	unsigned long share = nr_operations / nr_threads;

	for (unsigned long i = 0; i < share; i++) {
		step(me);
		if (i % 4096 == 0)
			map_own(&me->random);
		if (i % (share / 8 + 1) == share / 9)
			malloc_trim(0);
	}
	for (int i = 0; i < NR_BLOCKS; i++)
		free(me->block[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t seed = stress_seed(argc > 1 ? argv[1] : NULL);

	if (argc > 2)
		nr_operations = strtoul(argv[2], NULL, 0);
	if (argc > 3)
		nr_threads = (unsigned int)atoi(argv[3]);
	if (!nr_threads || nr_threads > MAX_THREADS)
		return 2;
	stress_watchdog(300);
	table = mmap(NULL, TABLE_SIZE * sizeof(*table), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (table == MAP_FAILED)
		stress_fail("mmap");
	for (unsigned int i = 0; i < nr_threads; i++) {
		stress_random_init(&workers[i].random, seed + i);
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			stress_fail("pthread_create");
	}
	for (unsigned int i = 0; i < nr_threads; i++)
		pthread_join(workers[i].thread, NULL);
	return 0;
}
