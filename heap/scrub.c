/* SPDX-License-Identifier: Apache-2.0 */
/* scrub: see scrub.h. */
#include "heap/scrub.h"

#include "base/align.h"
#include "heap/place.h"
#include "os/os.h"

/* Of a slot that changes hands while it is looked at, so many looks. */
#define LOOKS 16

void scrub_init(struct scrub *scrub, const struct options *options)
{
	scrub->zeroes = options->zero;
	scrub->canary = options->canary ? CANARY_SIZE : 0;
	os_random(scrub->secret, sizeof(scrub->secret));
	scrub->secret[1] |= 1;
}

void scrub_report_write(void *slot, size_t size)
{
	struct place place = place_find(slot);

	report_stale_write(&place.facts);
	memset(slot, 0, size);
}

void scrub_report_overflow(const void *slot)
{
	struct place place = place_find(slot);

	report_overflow(&place.facts);
}

/*
 * Zeroing is cheaper than faulting pages in again: a freed object that large
 * is more than may stay idle anyway.
 */
#define PURGE_SIZE (4ul << 20)

/* From here on the system is asked which pages have memory at all. */
#define LOOK_SIZE (128ul << 10)

/* Pages looked at with one call. */
#define LOOK_PAGES 1024u

/* What is not there, nor was swapped out, holds zero. */
static bool is_zero(char *start, size_t size, bool has_memory)
{
	return !has_memory || zero_fills(start, size);
}

/* What is not there may be swapped out: it is given back without a look. */
static bool make_zero(char *start, size_t size, bool has_memory)
{
	if (has_memory || !os_purge(start, size))
		memset(start, 0, size);
	return true;
}

/*
 * Calls @visit with each run of pages that have memory, or that have none,
 * until one says false. To touch these would give them memory.
 */
static bool visit_runs(char *start, size_t span,
		       bool (*visit)(char *start, size_t size, bool has_memory))
{
	unsigned char has_memory[LOOK_PAGES];
	size_t page = os_page_size();

	for (size_t done = 0; done < span; done += LOOK_PAGES * page) {
		size_t size = size_min(span - done, LOOK_PAGES * page);
		size_t to;

		if (!os_look_for_memory(start + done, size, has_memory))
			memset(has_memory, 1, sizeof(has_memory));
		for (size_t from = 0; from < size; from = to) {
			bool has = has_memory[from / page] & 1;

			for (to = from + page;
			     to < size && (has_memory[to / page] & 1) == has;)
				to += page;
			if (!visit(start + done + from, to - from, has))
				return false;
		}
	}
	return true;
}

enum condition scrub_pages(const struct scrub *scrub, void *start, size_t size,
			   size_t span)
{
	if (!scrub->zeroes)
		return GROUND_DIRTY;
	if (size >= PURGE_SIZE && os_purge(start, span))
		return GROUND_CLEAN;
	if (size < LOOK_SIZE)
		memset(start, 0, size);
	else
		visit_runs(start, size, make_zero);
	return GROUND_DIRTY;
}

void scrub_check_pages(void *start, size_t span, bool is_dirty)
{
	bool is_read = is_dirty && span < LOOK_SIZE;

	if (is_read ? !is_zero(start, span, true)
		    : !visit_runs(start, span, is_zero))
		scrub_report_write(start, span);
}

static bool clear(char *start, size_t size, bool has_memory)
{
	if (has_memory)
		memset(start, 0, size);
	return true;
}

void scrub_clear_written(void *start, size_t span)
{
	visit_runs(start, span, clear);
}

static bool is_live(const struct slab *slab, unsigned int slot)
{
	return __atomic_load_n(&slab->states[slot], __ATOMIC_ACQUIRE) ==
	       SLOT_LIVE;
}

/* A thread that gives the slot back changes its state before its bytes. */
static bool is_whole(const struct slab *slab, unsigned int slot)
{
	char *p = region_chunk_base(slab) + slot * slab->size;
	uint64_t *canary = scrub_canary_place(p, slab->size);

	for (int i = 0; i < LOOKS; i++) {
		if (!is_live(slab, slot) ||
		    __atomic_load_n(canary, __ATOMIC_RELAXED) ==
			    scrub_canary(&layout.scrub, p))
			return true;
		os_yield();
	}
	scrub_report_overflow(p);
	return false;
}

static size_t check_slab(const struct slab *slab)
{
	size_t damaged = 0;

	for (unsigned int slot = 0; slot < slab->nr_slots; slot++)
		damaged += is_live(slab, slot) && !is_whole(slab, slot);
	return damaged;
}

size_t scrub_check_all(void)
{
	size_t nr_chunks = region_nr_chunks();
	size_t damaged = 0;

	if (!layout.scrub.canary)
		return 0;
	for (size_t chunk = 0; chunk < nr_chunks; chunk++) {
		const struct slab *slab = slab_of_chunk(chunk);

		if (slab->kind == SLAB_SMALL && !slab->bias &&
		    layout_is_hardened(bin_of_slab(slab)))
			damaged += check_slab(slab);
	}
	return damaged;
}
