/* SPDX-License-Identifier: Apache-2.0 */
/* thread: see thread.h. */
#include "heap/thread.h"

#include "base/align.h"
#include "base/random.h"
#include "heap/heap.h"
#include "heap/nowait.h"
#include "heap/pocket.h"
#include "os/os.h"

#include <pthread.h>
#include <stddef.h>

static struct bin zero_row[NR_CLASSES_MAX];
struct bin *thread_no_bins = zero_row;
thread_local_ie struct thread_words thread_words;

struct heap *thread_heaps;

static pthread_key_t key;
static bool has_key;
static uint32_t nr_heaps;

/* Heaps whose threads ended. */
static struct pile pool;
static struct pile parked;
static uint32_t nr_parked;

static void push(struct heap *heap)
{
	pile_push(&pool, &layout.arena, &heap->in_pool);
}

static struct heap *pop(struct pile *pile)
{
	_Static_assert(!offsetof(struct heap, in_pool), "a heap's first");
	return (struct heap *)pile_pop(pile, &layout.arena);
}

static struct heap *pop_parked(void)
{
	struct heap *heap = pop(&parked);

	if (heap)
		__atomic_fetch_sub(&nr_parked, 1, __ATOMIC_RELAXED);
	return heap;
}

typedef void visit_bin(struct heap *heap, uint32_t offset);

static void visit_rows(struct heap *heap, unsigned int from, unsigned int to,
		       visit_bin *visit)
{
	for (unsigned int row = from; row < to; row++) {
		uint64_t used = heap->used[row];

		for (; used; used &= used - 1)
			visit(heap, bin_offset(row, __builtin_ctzl(used)));
	}
}

/* Each bin that has a magazine. */
static void visit_bins(struct heap *heap, visit_bin *visit)
{
	visit_rows(heap, 0, layout_nr_used_rows(), visit);
	visit_rows(heap, layout.nr_rows, layout_nr_bin_rows(), visit);
}

static void close_hold(struct heap *heap, uint32_t offset)
{
	hold_close(heap_hold(heap, offset));
}

void thread_seed_random(struct heap *heap)
{
	os_random(&heap->random, sizeof(heap->random));
	heap->random |= 1;
	/* To ask the system is for who may wait. */
	nowait_seed(random_mix(random_next(&heap->random)));
	heap->generation = fork_generation();
	/* The parent knows what was drawn. */
	if (heap->holds && heap_has_bins(heap))
		visit_bins(heap, close_hold);
}

static void list_heap(struct heap *heap)
{
	struct heap *head = __atomic_load_n(&thread_heaps, __ATOMIC_RELAXED);

	do
		heap->next_of_all = head;
	while (!__atomic_compare_exchange_n(&thread_heaps, &head, heap, false,
					    __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED));
}

_Static_assert(sizeof(struct hold) <= sizeof(struct bin),
	       "holds of nothing lie in bins of nothing");

/* Of a struct heap, and of one with bins and what there is for each. */
#define HEAP_SIZE round_up(sizeof(struct heap), PILE_ALIGN)

static struct heap *take_with_bins(void)
{
	size_t rows = layout_nr_bin_rows();
	size_t bins = rows << ROW_SHIFT;
	size_t used = rows * sizeof(uint64_t);
	size_t holds = rows * NR_CLASSES_MAX * sizeof(struct hold);
	size_t size = HEAP_SIZE + bins + used;
	char *memory = layout_take_spare(
		layout.is_hardened ? size + holds : size, PILE_ALIGN);
	struct heap *heap = (struct heap *)memory;

	if (!memory)
		return NULL;
	heap->bins = (struct bin *)(memory + HEAP_SIZE);
	heap->used = (uint64_t *)(memory + HEAP_SIZE + bins);
	if (layout.is_hardened)
		heap->holds = (struct hold *)(memory + size);
	return heap;
}

/*
 * Address space is limited and there are many threads or partitions: each call
 * takes the caches' locks, and is served.
 */
static struct heap *take_without_bins(void)
{
	struct heap *heap = arena_take(&layout.arena, HEAP_SIZE, PILE_ALIGN);

	if (!heap)
		return NULL;
	heap->bins = thread_no_bins;
	/* As many, smaller, and as zero. */
	if (layout.is_hardened)
		heap->holds = (struct hold *)thread_no_bins;
	return heap;
}

static struct heap *make(void)
{
	struct heap *heap;
	uint32_t id;

	/* The last id is not a heap's. */
	if (__atomic_load_n(&nr_heaps, __ATOMIC_RELAXED) >= LOCK_ID_MAX - 1)
		return NULL;
	heap = take_with_bins();
	if (!heap)
		heap = take_without_bins();
	if (!heap)
		return NULL;
	/* Not before: who asks in vain may ask often. */
	id = __atomic_add_fetch(&nr_heaps, 1, __ATOMIC_RELAXED);
	if (id >= LOCK_ID_MAX)
		return NULL;
	heap->id = id;
	if (!layout.is_hardened)
		heap->distance = (char *)heap->bins - (char *)thread_no_bins;
	heap->hardened = layout.has_short_way ? heap : NULL;
	thread_seed_random(heap);
	heap->announced.proof = thread_random(heap) | 1;
	list_heap(heap);
	return heap;
}

/* In the heap's magazine of one bin, and in line there. */
static size_t slots_in_stock(const struct heap *heap, uint32_t offset)
{
	size_t nr = magazine_count(heap_bin(heap, offset));

	return heap->holds ? nr + heap_hold(heap, offset)->held : nr;
}

static void count_parked(struct heap *heap, uint32_t offset)
{
	heap->bytes_parked +=
		slots_in_stock(heap, offset) * layout_slot_size(offset);
}

/* Whether it may keep its stock, and is counted. */
static bool may_park(struct heap *heap)
{
	pocket_flush(heap);
	heap->bytes_parked = 0;
	if (heap_has_bins(heap))
		visit_bins(heap, count_parked);
	if (heap->bytes_parked > PARKED_BYTES)
		return false;
	if (__atomic_fetch_add(&nr_parked, 1, __ATOMIC_RELAXED) < PARKED_HEAPS)
		return true;
	__atomic_fetch_sub(&nr_parked, 1, __ATOMIC_RELAXED);
	return false;
}

static void on_thread_exit(void *unused)
{
	struct heap *heap = thread_own();

	(void)unused;
	if (!heap)
		return;
	thread_divert();
	thread_words.self = THREAD_ENDED;
	heap->announced.caller = NULL;
	if (may_park(heap))
		pile_push(&parked, &layout.arena, &heap->in_pool);
	else
		thread_leave_slow(heap);
}

void thread_flush_parked(void)
{
	struct heap *heap;

	while ((heap = pop_parked()))
		thread_leave_slow(heap);
}

bool thread_init(void)
{
	size_t bins = (size_t)layout_nr_bin_rows() << ROW_SHIFT;
	void *rows = os_reserve(round_up(bins, os_page_size()));
	struct heap *first;

	/* Read-only and never touched: the kernel shows one zero page. */
	if (!rows || !os_allow_reading(rows, round_up(bins, os_page_size())))
		return false;
	thread_no_bins = rows;
	has_key = !pthread_key_create(&key, on_thread_exit);
	/* For whoever boots: without one there is no heap. */
	first = make();
	if (first)
		push(first);
	return first;
}

struct heap *thread_enter_slow(void)
{
	struct heap *heap;

	if (!heap_boot())
		return NULL;
	heap = thread_is_ended() ? NULL : pop_parked();
	if (!heap)
		heap = pop(&pool);
	if (!heap)
		heap = make();
	if (!heap || thread_is_ended())
		return heap;
	thread_words.self = heap;
	thread_resume(heap);
	if (has_key)
		pthread_setspecific(key, heap);
	return heap;
}

void thread_leave_slow(struct heap *heap)
{
	thread_flush(heap);
	push(heap);
}

uint32_t thread_tag(const struct heap *heap)
{
	return lock_tag(heap ? heap->id : LOCK_ID_MAX, fork_generation());
}

uint64_t thread_random(struct heap *heap)
{
	if (unlikely(!thread_random_is_own(heap)))
		thread_seed_random(heap);
	return random_mix(random_next(&heap->random));
}

struct region_asker thread_asker(struct heap *heap, bool is_first)
{
	struct region_asker asker = {
		.random = thread_random(heap),
		.tag = thread_tag(heap),
		.is_first = is_first,
		.is_one_of_many = layout.order.nr,
	};

	return asker;
}

static void flush_line(struct heap *heap, uint32_t offset)
{
	struct hold *hold = heap_hold(heap, offset);

	if (hold->held)
		cache_give(cache_of_bin(offset), heap_bin(heap, offset)->end,
			   hold->held, thread_tag(heap));
	hold->held = 0;
	hold->next = 0;
	hold_close(hold);
}

void thread_flush_bin(struct heap *heap, uint32_t offset)
{
	struct bin *bin = heap_bin(heap, offset);
	struct cache *cache = cache_of_bin(offset);
	unsigned int nr = magazine_count(bin);

	if (!heap_has_bins(heap))
		return;
	if (nr)
		cache_give(cache, bin->base, nr, thread_tag(heap));
	bin->top = bin->base;
	if (layout.is_hardened)
		flush_line(heap, offset);
}

void thread_flush(struct heap *heap)
{
	pocket_flush(heap);
	if (heap_has_bins(heap))
		visit_bins(heap, thread_flush_bin);
}

size_t thread_slots_in_stock(uint32_t offset)
{
	const struct heap *heap =
		__atomic_load_n(&thread_heaps, __ATOMIC_ACQUIRE);
	size_t nr = 0;

	for (; heap; heap = heap->next_of_all)
		nr += slots_in_stock(heap, offset);
	return nr;
}
